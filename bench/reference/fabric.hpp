// What travels and where it waits: engine/fabric/batch.ts, arrivals.ts, ports.ts and mail.ts. What they are and why
// stands there.
//
// Left out: batches of more than one packet, which this workload does not have. The tests that would lead to their
// code are made as there, and end the run.
#pragma once

#include "core.hpp"

// engine/core/kinds.ts
enum Kind : int32_t { K_SPINE, K_TOR_UP, K_TOR_DOWN, K_NIC, K_WIRE_SOURCE = 11 };
constexpr int kindCount = 13;
enum Class : int32_t { C_REMOTE = 0, C_LINK = 1, C_TRAFFIC = 4 };
// engine/core/queues.ts
enum Queue : int32_t { Q_TOR_PORT = 6, Q_UPLINK, Q_DOWNLINK };
constexpr int queueCount = 17;

constexpr int32_t F_GROUP = 1 << 13;

/** A packet, in one cache line: the fields of a batch that something here reads. */
struct alignas(64) Batch {
  Ps t0;
  Ps tsVal;
  double bytes;
  double wire;
  int32_t next;
  int32_t kind;
  int32_t srcNode;
  int32_t dstNode;
  int32_t via;
  uint32_t ecmp;
  int32_t packets;
  int32_t flags;
};

class Batches {
 public:
  std::vector<Batch> all;
  int64_t live = 0;

  Batches() { all.reserve(256); }

  Batch& operator[](int32_t b) { return all[static_cast<size_t>(b)]; }

  int32_t alloc() {
    int32_t b = freeHead;
    if (b < 0) {
      b = static_cast<int32_t>(all.size());
      check(b < 1 << 24, "a table is full: offer less load, or fewer connections");
      all.emplace_back();
    } else {
      freeHead = (*this)[b].next;
    }
    (*this)[b].next = -1;
    live++;
    return b;
  }

  void free(int32_t b) {
    Batch& batch = (*this)[b];
    batch.packets = 0;
    batch.bytes = 0;
    batch.next = freeHead;
    freeHead = b;
    live--;
  }

  int64_t packetsInFlight() const {
    int64_t packets = 0;
    for (const Batch& batch : all) packets += batch.packets;
    return packets;
  }

 private:
  int32_t freeHead = -1;
};

class Arrivals {
 public:
  Ps nextPs = never;

  void push(Batches& batches, int32_t b) {
    const Ps at = batches[b].t0;
    check(at >= beginPs, "arrivals: a batch in the past");
    if (at < nextPs) nextPs = at;
    if (at < beginPs + ringPs) {
      place(batches, b);
      return;
    }
    wait(batches, b);
  }

  int32_t take(Batches& batches, Ps limit) {
    const Ps at = nextPs;
    if (at >= limit) return -1;
    if (at == laterPs) deal(batches, at);
    const uint32_t slot = slotOf(at);
    const int32_t b = lists[slot].head;
    const int32_t after = batches[b].next;
    if (after >= 0) {
      lists[slot].head = after;
      nextPs = batches[after].t0;
      return b;
    }
    words[slot >> 5] &= ~(1u << (slot & 31));
    const int32_t following = firstSlot(slot);
    nextPs = following < 0 ? laterPs : batches[lists[following].head].t0;
    return b;
  }

  void advance(Batches& batches, Ps nowPs) {
    const Ps begin = std::floor(nowPs * slotsPerPs) * slotPs;
    if (begin <= beginPs || nowPs > nextPs) return;
    beginPs = begin;
    if (laterPs < begin + ringPs) deal(batches, nowPs);
  }

 private:
  static constexpr uint32_t slots = 512;
  static constexpr double slotPs = 16384;
  static constexpr double slotsPerPs = 1 / slotPs;
  static constexpr double ringPs = slots * slotPs;
  static constexpr uint32_t wordCount = slots >> 5;

  struct List {
    int32_t head, tail;
  };

  uint32_t words[wordCount] = {};
  Ps beginPs = 0;
  int32_t laterHead = -1, laterTail = -1;
  Ps laterPs = never;
  List lists[slots];

  static uint32_t slotOf(Ps at) { return low32(at * slotsPerPs) & (slots - 1); }

  void wait(Batches& batches, int32_t b) {
    batches[b].next = -1;
    if (laterHead < 0) laterHead = b;
    else batches[laterTail].next = b;
    laterTail = b;
    if (batches[b].t0 < laterPs) laterPs = batches[b].t0;
  }

  void deal(Batches& batches, Ps nowPs) {
    const Ps begin = std::floor(nowPs * slotsPerPs) * slotPs;
    if (begin > beginPs) beginPs = begin;
    const Ps end = beginPs + ringPs;
    int32_t b = laterHead;
    laterHead = -1;
    laterPs = never;
    while (b >= 0) {
      const int32_t after = batches[b].next;
      if (batches[b].t0 < end) place(batches, b);
      else wait(batches, b);
      b = after;
    }
  }

  void place(Batches& batches, int32_t b) {
    Batch& batch = batches[b];
    const uint32_t slot = slotOf(batch.t0);
    List& list = lists[slot];
    const uint32_t bit = 1u << (slot & 31);
    if ((words[slot >> 5] & bit) == 0) {
      words[slot >> 5] |= bit;
      list.head = list.tail = b;
      batch.next = -1;
      return;
    }
    if (!precedes(batch, batches[list.tail])) {
      batches[list.tail].next = b;
      batch.next = -1;
      list.tail = b;
      return;
    }
    if (precedes(batch, batches[list.head])) {
      batch.next = list.head;
      list.head = b;
      return;
    }
    int32_t before = list.head;
    while (!precedes(batch, batches[batches[before].next])) before = batches[before].next;
    batch.next = batches[before].next;
    batches[before].next = b;
  }

  static bool precedes(const Batch& b, const Batch& other) {
    if (b.t0 != other.t0) return b.t0 < other.t0;
    if (b.kind != other.kind) return b.kind > other.kind;
    if (b.srcNode != other.srcNode) return b.srcNode < other.srcNode;
    return b.via < other.via;
  }

  int32_t firstSlot(uint32_t slot) const {
    const uint32_t word = slot >> 5;
    const uint32_t rest = words[word] & (~0u << (slot & 31));
    if (rest != 0) return static_cast<int32_t>((word << 5) + static_cast<uint32_t>(__builtin_ctz(rest)));
    for (uint32_t k = 1; k <= wordCount; k++) {
      const uint32_t w = (word + k) & (wordCount - 1);
      if (words[w] != 0) return static_cast<int32_t>((w << 5) + static_cast<uint32_t>(__builtin_ctz(words[w])));
    }
    return -1;
  }
};

/** What ports have in common that are alike. */
struct PortPlan {
  double psPerByte, delayPs, limitBytes, ecnBytes;
};

/** One cache line that every hop touches. */
struct alignas(64) Port {
  Ps busy, unarrived, work;
  double wire;
  Ps peak;
  double packets;
  double unarrivedRate;
  Ps unarrivedAt;
};

class Ports {
 public:
  std::vector<Port> all;
  std::vector<uint64_t> lost;
  /** Of the last `send`. */
  Ps lastDeparture = 0;
  int32_t lastDropped = 0;

  explicit Ports(size_t count) : all(count), lost(count), like(count) {}

  void set(size_t port, double gbps, double delayNs, double limitBytes, double ecnBytes) {
    const PortPlan plan{8000 / gbps, roundHalfUp(delayNs * 1000), limitBytes, ecnBytes};
    size_t k = 0;
    while (k < alike.size() && std::memcmp(&alike[k], &plan, sizeof plan) != 0) k++;
    if (k == alike.size()) alike.push_back(plan);
    like[port] = static_cast<uint8_t>(k);
  }

  const PortPlan& plan(size_t port) const { return alike[like[port]]; }
  double peakBytes(size_t port) const { return all[port].peak / plan(port).psPerByte; }

  bool send(size_t port, Batch& batch, Ps now, double limitBytes) {
    Port& p = all[port];
    const PortPlan& k = plan(port);
    check(batch.packets == 1 && p.unarrived == 0 && k.ecnBytes == 0, "ports: more than one packet a batch");
    const Ps work = roundHalfUp(batch.wire * k.psPerByte);
    const Ps done = (p.busy > now ? p.busy : now) + work;
    const Ps queued = done - now;
    lastDropped = 0;
    if (queued > limitBytes * k.psPerByte) {
      lastDropped = 1;
      lost[port]++;
      return false;
    }
    if (queued > p.peak) p.peak = queued;
    p.busy = done;
    p.work += work;
    p.wire += batch.wire;
    p.packets++;
    lastDeparture = done;
    batch.t0 = done + k.delayPs;
    return true;
  }

 private:
  std::vector<uint8_t> like;
  std::vector<PortPlan> alike;
};

class Mail {
 public:
  std::vector<Ps> nextPs;
  Ps floorPs = 0;

  Mail(Batches& batches, size_t racks) : nextPs(racks, never), batches(batches), heads(racks, -1) {}

  void post(int32_t rack, int32_t uplink, int32_t b) {
    Batch& batch = batches[b];
    check(batch.t0 >= floorPs, "message inside the lookahead");
    batch.kind = K_SPINE;
    batch.via = uplink;
    const size_t place = static_cast<size_t>(rack);
    check(place < heads.size(), "all racks are here");
    batch.next = heads[place];
    heads[place] = b;
    if (batch.t0 < nextPs[place]) nextPs[place] = batch.t0;
  }

  void collect(size_t place, Arrivals& arrivals) {
    int32_t b = heads[place];
    if (b < 0) return;
    heads[place] = -1;
    nextPs[place] = never;
    while (b >= 0) {
      const int32_t after = batches[b].next;
      arrivals.push(batches, b);
      b = after;
    }
  }

 private:
  Batches& batches;
  std::vector<int32_t> heads;
};
