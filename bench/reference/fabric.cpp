// The fabric alone, as bench/fabric.ts runs it, in C++: same algorithm, statistics, drops and digest, so that the
// ratio of their speeds says what the language costs. This file: the windows of engine/windows.ts, and the output.
//
//     g++ -std=c++17 -O3 -march=native -ffp-contract=off -o fabric fabric.cpp
//     ./fabric HOSTS PACKETS_PER_HOST [SEED [LOAD [BUFFER_BYTES]]]        prints one line of JSON
#include <cinttypes>
#include <cstdlib>
#include <ctime>

#include "partition.hpp"

constexpr int32_t rack = 32, spines = 4;
constexpr double linkGbps = 25, delayNs = 1000, wireBytes = 1500;
constexpr uint64_t eventsMax = 1000000000;

using Partitions = std::vector<std::unique_ptr<Partition>>;

/** Three clocks a rack: its way down, its hosts, its way up. */
class Racks {
 public:
  Racks(Partitions& partitions, const Setup& setup, Mail& mail) : partitions(partitions), setup(setup), mail(mail) {
    for (const auto& p : partitions) {
      hostPs.push_back(p->nextHostPs());
      upPs.push_back(p->up.nextPs);
      downPs.push_back(p->down.nextPs);
    }
  }

  void run(Ps endPs) {
    std::vector<size_t> order;
    const Ps toTorPs = roundHalfUp(setup.hostDelayNs * 1000), fabricPs = setup.fabricDelayNs * 1000;
    for (;;) {
      Ps host = never, up = never, down = never;
      for (size_t i = 0; i < hostPs.size(); i++) {
        host = std::min(host, hostPs[i]);
        up = std::min(up, upPs[i]);
        down = std::min({down, downPs[i], mail.nextPs[i]});
      }
      if (std::min({host, up, down}) >= endPs) break;
      check(events <= eventsMax, "event limit reached: raise eventsMax or shorten the run");
      // How far each clock may go.
      const Ps sentPs = std::min(host, down + fabricPs) + toTorPs;
      const Ps reachPs = std::min(up, sentPs) + fabricPs;
      const Ps downLimit = std::min(reachPs, endPs);
      const Ps hostLimit = std::min(reachPs + fabricPs, endPs);
      const Ps upLimit = std::min(hostLimit + toTorPs, endPs);
      mail.floorPs = downLimit;
      order.clear();
      for (size_t i = 0; i < hostPs.size(); i++) {
        const Ps next = std::min(downPs[i], mail.nextPs[i]);
        if (hostPs[i] < hostLimit || upPs[i] < upLimit || next < downLimit) order.push_back(i);
      }
      const uint64_t eventsBefore = events;
      for (const size_t i : order) {
        Partition& p = *partitions[i];
        const uint64_t before = p.events;
        const uint64_t most = eventsMax - eventsBefore + before;
        mail.collect(i, p.down);
        p.runDown(downLimit, most);
        p.runHosts(hostLimit, most);
        p.runUp(upLimit, most);
        hostPs[i] = p.nextHostPs();
        upPs[i] = p.up.nextPs;
        downPs[i] = p.down.nextPs;
        events += p.events - before;
      }
    }
    for (size_t i = 0; i < partitions.size(); i++) mail.collect(i, partitions[i]->down);
  }

 private:
  Partitions& partitions;
  const Setup& setup;
  Mail& mail;
  std::vector<Ps> hostPs, upPs, downPs;
  uint64_t events = 0;
};

/** engine/invariants.ts: no link worked longer than time passed, no packet was lost or made. */
static void checkPhysics(const Partitions& partitions, const Batches& batches) {
  int64_t balance = -batches.packetsInFlight();
  for (const auto& p : partitions) {
    for (const Port& port : p->ports.all)
      check(port.work <= port.busy + 1, "a link worked longer than time passed");
    balance += static_cast<int64_t>(p->sent) - static_cast<int64_t>(p->received + p->lostPackets);
  }
  check(balance == 0, "packets were lost or made: sent != delivered + dropped + in flight");
}

/** Every port's counters, by place. */
static std::string portsDigest(const Partitions& partitions) {
  Digest all;
  for (const auto& p : partitions) {
    for (size_t i = 0; i < p->ports.all.size(); i++) {
      const Port& port = p->ports.all[i];
      for (const double value : {port.busy, port.work, port.wire, port.packets,
                                 static_cast<double>(p->ports.lost[i]), roundHalfUp(p->ports.peakBytes(i))})
        all.fold(value, static_cast<uint32_t>(i));
    }
  }
  return all.hex();
}

static void printList(const char* name, const uint64_t* values, int count) {
  std::printf(",\"%s\":[", name);
  for (int i = 0; i < count; i++) std::printf("%s%" PRIu64, i == 0 ? "" : ",", values[i]);
  std::printf("]");
}

static void print(const Partitions& partitions, double seconds) {
  uint64_t packets = 0, events = 0, kinds[kindCount] = {}, dropped[queueCount] = {}, offered[queueCount] = {};
  double hops = 0, median = 0;
  Histogram delays;
  std::vector<std::string> digests;
  for (const auto& p : partitions) {
    packets += p->received;
    events += p->events;
    for (const Port& port : p->ports.all) hops += port.packets;
    for (int k = 0; k < kindCount; k++) kinds[k] += p->kindCounts[k];
    for (int q = 0; q < queueCount; q++) dropped[q] += p->dropped[q], offered[q] += p->offered[q];
    median += p->delayPs.quantile(0.5);
    delays.add(p->delayPs);
    digests.push_back(p->digestHex());
  }
  median = median / static_cast<double>(partitions.size()) / 1000;
  std::printf("{\"hosts\":%zu,\"packets\":%" PRIu64 ",\"hops\":%.0f,\"events\":%" PRIu64,
              partitions.size() * rack, packets, hops, events);
  std::printf(",\"medianDelayNs\":%.17g,\"seconds\":%.6f", median, seconds);
  std::printf(",\"digest\":\"%s\",\"ports\":\"%s\"", Digest::combine(digests).c_str(),
              portsDigest(partitions).c_str());
  printList("kindCounts", kinds, kindCount);
  printList("dropped", dropped, queueCount);
  printList("offered", offered, queueCount);
  std::printf(",\"delays\":[");
  const char* comma = "";
  for (size_t i = 0; i < delays.counts.size(); i++) {
    if (delays.counts[i] == 0) continue;
    std::printf("%s[%zu,%" PRIu64 "]", comma, i, delays.counts[i]);
    comma = ",";
  }
  std::printf("]}\n");
}

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: fabric HOSTS PACKETS_PER_HOST [SEED [LOAD [BUFFER_BYTES]]]\n");
    return 2;
  }
  try {
    Setup setup;
    setup.nodes = std::atoi(argv[1]);
    check(setup.nodes > 0 && setup.nodes % rack == 0, "HOSTS: whole racks of 32");
    setup.nodesPerRack = rack;
    setup.uplinks = spines;
    setup.racks = setup.nodes / rack;
    setup.linkGbps = linkGbps;
    setup.uplinkGbps = 100;
    setup.hostDelayNs = setup.fabricDelayNs = delayNs;
    setup.seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
    const double load = argc > 4 ? std::atof(argv[4]) : 0.3;
    setup.bufferBytes = argc > 5 ? std::atof(argv[5]) : never;
    setup.wireBytes = wireBytes;
    setup.gapPs = wireBytes * 8000 / linkGbps / load;
    setup.stopPs = roundHalfUp(std::atof(argv[2]) * wireBytes * 8000 / linkGbps / load);
    setup.ecmpSeed.assign(static_cast<size_t>(setup.racks), 0);
    setup.to = permutation(setup.seed, setup.nodes);
    Batches batches;
    Mail mail(batches, static_cast<size_t>(setup.racks));
    Partitions partitions;
    for (int32_t r = 0; r < setup.racks; r++)
      partitions.push_back(std::make_unique<Partition>(r, setup, batches, mail));
    const std::clock_t start = std::clock();
    Racks(partitions, setup, mail).run(setup.stopPs * 2);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    checkPhysics(partitions, batches);
    print(partitions, seconds);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fabric: %s\n", error.what());
    return 1;
  }
}
