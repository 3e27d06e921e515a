// One rack and what happens in it: engine/host/partition.ts (of it the fabric), engine/fabric/forward.ts,
// engine/traffic/wire.ts and engine/dispatch.ts. What they are and why stands there.
#pragma once

#include "fabric.hpp"
#include "wheel.hpp"

struct Setup {
  int32_t nodes, nodesPerRack, uplinks, racks;
  double linkGbps, uplinkGbps, hostDelayNs, fabricDelayNs, bufferBytes;
  std::vector<uint32_t> ecmpSeed;
  /** Destination of each node. */
  std::vector<int32_t> to;
  uint64_t seed;
  double wireBytes;
  Ps gapPs, stopPs;
};

/** engine/traffic/flows.ts: a random cycle through all nodes. */
inline std::vector<int32_t> permutation(uint64_t seed, int32_t nodes) {
  Stream stream(seed, "traffic/permutation");
  std::vector<int32_t> order(static_cast<size_t>(nodes));
  for (size_t i = 0; i < order.size(); i++) order[i] = static_cast<int32_t>(i);
  for (size_t i = order.size() - 1; i > 0; i--)
    std::swap(order[i], order[stream.below(static_cast<uint32_t>(i + 1))]);
  std::vector<int32_t> to(order.size());
  for (size_t i = 0; i < order.size(); i++)
    to[static_cast<size_t>(order[i])] = order[(i + 1) % order.size()];
  return to;
}

class Partition {
 public:
  const int32_t index, firstNode, nodeCount;
  Ports ports;
  Arrivals links, up, down;
  uint64_t events = 0;
  uint64_t kindCounts[kindCount] = {};
  uint64_t dropped[queueCount] = {}, offered[queueCount] = {};
  uint64_t lostPackets = 0;
  double lostBytes = 0;
  uint64_t sent = 0, received = 0;
  Histogram delayPs;

  Partition(int32_t index, const Setup& setup, Batches& batches, Mail& mail)
      : index(index),
        firstNode(index * setup.nodesPerRack),
        nodeCount(setup.nodesPerRack),
        ports(static_cast<size_t>(2 * (nodeCount + setup.uplinks))),
        setup(setup),
        batches(batches),
        mail(mail) {
    for (int32_t l = 0; l < nodeCount; l++) {
      const size_t nic = static_cast<size_t>(l), tor = static_cast<size_t>(nodeCount + l);
      ports.set(nic, setup.linkGbps, setup.hostDelayNs, never, 0);
      ports.set(tor, setup.linkGbps, setup.hostDelayNs, setup.bufferBytes, 0);
      streams.emplace_back(setup.seed, "wire/node/" + std::to_string(firstNode + l));
      wheel.push(streams.back().exponentialPs(setup.gapPs), C_TRAFFIC, K_WIRE_SOURCE, l, 0);
    }
    for (int32_t u = 0; u < 2 * setup.uplinks; u++)
      ports.set(static_cast<size_t>(2 * nodeCount + u), setup.uplinkGbps, setup.fabricDelayNs,
                setup.bufferBytes, 0);
  }

  Ps nextHostPs() { return std::min(wheel.peek(), links.nextPs); }

  /** Hosts and what is below the ToR, before `limit`: at equal times links first. */
  void runHosts(Ps limit, uint64_t eventsMax) {
    for (;;) {
      const Ps linkPs = links.nextPs;
      if (wheel.pop(std::min(linkPs, limit))) {
        kindCounts[wheel.kind]++;
        digest.fold(wheel.now, word(wheel.cls, wheel.kind, wheel.actor));
        check(wheel.kind == K_WIRE_SOURCE, "unknown event kind");
        source(wheel.actor);
      } else if (linkPs < limit) {
        wheel.reach(linkPs);
        linkEvent(links.take(batches, limit));
      } else {
        break;
      }
      check(++events <= eventsMax, limitText);
    }
    links.advance(batches, limit);
  }

  /** What reaches this rack's spine ports before `limit`. */
  void runDown(Ps limit, uint64_t eventsMax) {
    uint64_t count = 0;
    for (int32_t b; (b = down.take(batches, limit)) >= 0;) {
      check(++count + events <= eventsMax, limitText);
      downDigest.fold(batches[b].t0, word(C_REMOTE, K_SPINE, batches[b].via));
      spine(b);
    }
    down.advance(batches, limit);
    events += count;
    kindCounts[K_SPINE] += count;
  }

  /** What reaches the ToR for other racks before `limit`. */
  void runUp(Ps limit, uint64_t eventsMax) {
    uint64_t count = 0;
    for (int32_t b; (b = up.take(batches, limit)) >= 0;) {
      check(++count + events <= eventsMax, limitText);
      upDigest.fold(batches[b].t0, word(C_LINK, K_TOR_UP, batches[b].srcNode - firstNode));
      torUp(b);
    }
    up.advance(batches, limit);
    events += count;
    kindCounts[K_TOR_UP] += count;
  }

  std::string digestHex() const { return Digest::combine({digest.hex(), upDigest.hex(), downDigest.hex()}); }

 private:
  static constexpr const char* limitText = "event limit reached: raise eventsMax or shorten the run";

  const Setup& setup;
  Batches& batches;
  Mail& mail;
  Digest digest, upDigest, downDigest;
  std::vector<Stream> streams;
  Wheel wheel;

  static uint32_t word(int32_t cls, int32_t kind, int32_t actor) {
    return static_cast<uint32_t>((cls << 28) ^ (kind << 22) ^ actor);
  }

  void linkEvent(int32_t b) {
    const Batch& batch = batches[b];
    kindCounts[batch.kind]++;
    if (batch.kind == K_TOR_DOWN) {
      digest.fold(wheel.now, word(C_LINK, K_TOR_DOWN, batch.via));
      torDown(b);
    } else {
      digest.fold(wheel.now, word(C_LINK, K_TOR_UP, batch.srcNode - firstNode));
      torDown(b);
    }
  }

  void source(int32_t local) {
    const Ps now = wheel.now;
    const int32_t node = firstNode + local;
    const int32_t b = batches.alloc();
    Batch& batch = batches[b];
    batch.t0 = now;
    batch.bytes = setup.wireBytes;
    batch.wire = setup.wireBytes;
    batch.packets = 1;
    batch.flags = 0;
    batch.srcNode = node;
    batch.dstNode = setup.to[static_cast<size_t>(node)];
    batch.tsVal = now;
    batch.ecmp = mix32(static_cast<uint32_t>(node), static_cast<uint32_t>(sent));
    sent++;
    ports.send(static_cast<size_t>(local), batch, now, never);
    leaveHost(b);
    const Ps next = now + streams[static_cast<size_t>(local)].exponentialPs(setup.gapPs);
    if (next < setup.stopPs) wheel.push(next, C_TRAFFIC, K_WIRE_SOURCE, local, 0);
  }

  void sink(int32_t b) {
    const Batch& batch = batches[b];
    digest.fold(batch.t0, word(C_LINK, K_NIC, batch.dstNode - firstNode));
    received++;
    delayPs.record(batch.t0 - batch.tsVal);
    batches.free(b);
  }

  void leaveHost(int32_t b) {
    Batch& batch = batches[b];
    check((batch.flags & F_GROUP) == 0, "no groups here");
    const int32_t local = batch.dstNode - firstNode;
    batch.kind = K_TOR_UP;
    batch.via = 0;
    (local >= 0 && local < nodeCount ? links : up).push(batches, b);
  }

  void torUp(int32_t b) {
    Batch& batch = batches[b];
    const int32_t uplink = static_cast<int32_t>(mix32(batch.ecmp, setup.ecmpSeed[static_cast<size_t>(index)]) %
                                                static_cast<uint32_t>(setup.uplinks));
    if (!forward(nodeCount * 2 + uplink, b, Q_UPLINK)) return;
    check((batch.flags & F_GROUP) == 0, "no groups here");
    mail.post(batch.dstNode / setup.nodesPerRack, uplink, b);
  }

  void spine(int32_t b) {
    Batch& batch = batches[b];
    if (!forward(nodeCount * 2 + setup.uplinks + batch.via, b, Q_DOWNLINK)) return;
    batch.kind = K_TOR_DOWN;
    links.push(batches, b);
  }

  void torDown(int32_t b) {
    Batch& batch = batches[b];
    check((batch.flags & F_GROUP) == 0, "no groups here");
    if (!forward(nodeCount + batch.dstNode - firstNode, b, Q_TOR_PORT)) return;
    sink(b);
  }

  bool forward(int32_t port, int32_t b, Queue queue) {
    Batch& batch = batches[b];
    const size_t k = static_cast<size_t>(port);
    offered[queue] += static_cast<uint64_t>(batch.packets);
    if (!ports.send(k, batch, batch.t0, ports.plan(k).limitBytes)) {
      lose(b, queue);
      return false;
    }
    check(ports.lastDropped == 0, "ports: more than one packet a batch");
    return true;
  }

  void lose(int32_t b, Queue queue) {
    const Batch& batch = batches[b];
    lostPackets += static_cast<uint64_t>(batch.packets);
    dropped[queue] += static_cast<uint64_t>(batch.packets);
    lostBytes += batch.bytes;
    batches.free(b);
  }
};
