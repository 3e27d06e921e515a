// The event list of one partition: engine/core/wheel.ts with its pool, engine/core/eventPool.ts. What it is and why
// stands there.
#pragma once

#include <algorithm>
#include <memory>

#include "core.hpp"

constexpr int32_t none = -1;

/** Half a cache line. */
struct alignas(32) EventNode {
  Ps time;
  /** class · 256 + kind */
  int32_t order;
  int32_t actor;
  int32_t payload;
  int32_t next;
};

class Wheel {
 public:
  Ps now = 0;
  int32_t cls = 0, kind = 0, actor = 0, payload = 0;
  int32_t length = 0;

  Wheel() { grow(); }

  void push(Ps at, int32_t cls, int32_t kind, int32_t actor, int32_t payload) {
    check(at >= floor, "wheel: event in the past");
    check(at <= wholeMax && std::floor(at) == at, "wheel: time not whole");
    check(((cls & ~15) | (kind & ~255)) == 0, "wheel: class or kind");
    if (freeHead == none) grow();
    const int32_t node = freeHead;
    EventNode& n = nodes[node];
    freeHead = n.next;
    n.time = at;
    n.order = (cls << 8) | kind;
    n.actor = actor;
    n.payload = payload;
    length++;
    const double ticks = (at - epochStart) * ticksPerPs;
    if (ticks < epochTicks && static_cast<int32_t>(ticks) == openTick) {
      insertOpen(node, at, cls);
    } else {
      place(node, ticks);
      if (at < earliest) earliest = at;
    }
  }

  bool pop(Ps limit) {
    if (openHead == none && !open(limit)) return nothing(limit);
    const int32_t node = openHead;
    EventNode& n = nodes[node];
    if (n.time >= limit) return nothing(limit);
    check(n.time >= now, "wheel: time ran backwards");
    openHead = n.next;
    n.next = freeHead;
    freeHead = node;
    length--;
    now = floor = n.time;
    cls = n.order >> 8;
    kind = n.order & 255;
    actor = n.actor;
    payload = n.payload;
    return true;
  }

  void reach(Ps at) {
    check(at >= now, "wheel: time ran backwards");
    now = floor = at;
  }

  Ps peek() {
    if (openHead != none) return nodes[openHead].time;
    if (earliest < 0) earliest = earliestOfSlots();
    return earliest;
  }

 private:
  static constexpr int digitBits = 10;
  static constexpr int32_t slotsPerLevel = 1 << digitBits;
  static constexpr int levelCount = 4;
  static constexpr double psPerTick = 8192;
  static constexpr double ticksPerPs = 1 / psPerTick;
  static constexpr double epochTicks = 1 << (3 * digitBits);
  static constexpr double psPerEpoch = psPerTick * epochTicks;
  static constexpr int insertionsMax = 24;
  static constexpr size_t eventsMax = size_t{1} << 24;

  std::vector<EventNode> nodes;
  int32_t freeHead = none;
  struct List {
    int32_t head, tail;
  } lists[levelCount * slotsPerLevel];
  uint32_t words[(levelCount * slotsPerLevel) >> 5] = {};
  uint32_t summaries[levelCount] = {};
  Ps epochStart = 0;
  int32_t cursor = 0;
  int32_t openTick = none, openHead = none, openTail = none;
  Ps floor = 0;
  /** Negative: not known. */
  Ps earliest = -1;

  bool nothing(Ps limit) {
    if (length > 0 && limit > floor) floor = limit;
    return false;
  }

  void place(int32_t node, double ticks) {
    if (ticks >= epochTicks) {
      append(3 * slotsPerLevel + static_cast<int32_t>(nodes[node].time / psPerEpoch), node);
      return;
    }
    const int32_t tick = static_cast<int32_t>(ticks);
    const int32_t differ = tick ^ cursor;
    if (differ < slotsPerLevel) {
      append(tick & (slotsPerLevel - 1), node);
    } else if (differ < slotsPerLevel << digitBits) {
      append(slotsPerLevel + ((tick >> digitBits) & (slotsPerLevel - 1)), node);
    } else {
      append(2 * slotsPerLevel + (tick >> (2 * digitBits)), node);
    }
  }

  void append(int32_t slot, int32_t node) {
    const int32_t word = slot >> 5;
    const uint32_t bit = 1u << (slot & 31);
    nodes[node].next = none;
    if ((words[word] & bit) != 0) {
      nodes[lists[slot].tail].next = node;
    } else {
      words[word] |= bit;
      summaries[word >> 5] |= 1u << (word & 31);
      lists[slot].head = node;
    }
    lists[slot].tail = node;
  }

  bool later(int32_t node, Ps at, int32_t cls) const {
    const EventNode& n = nodes[node];
    return n.time > at || (n.time == at && (n.order >> 8) > cls);
  }

  void insertOpen(int32_t node, Ps at, int32_t cls) {
    if (openHead == none) {
      nodes[node].next = none;
      openHead = openTail = node;
    } else if (!later(openTail, at, cls)) {
      nodes[node].next = none;
      nodes[openTail].next = node;
      openTail = node;
    } else if (later(openHead, at, cls)) {
      nodes[node].next = openHead;
      openHead = node;
    } else {
      int32_t before = openHead;
      while (!later(nodes[before].next, at, cls)) before = nodes[before].next;
      nodes[node].next = nodes[before].next;
      nodes[before].next = node;
    }
  }

  int32_t firstSlot() const {
    for (int level = 0; level < levelCount; level++) {
      if (summaries[level] == 0) continue;
      const int32_t word = (level << 5) + __builtin_ctz(summaries[level]);
      return (word << 5) + __builtin_ctz(words[word]);
    }
    return none;
  }

  bool open(Ps limit) {
    for (;;) {
      const int32_t slot = firstSlot();
      if (slot == none) return false;
      const int level = slot >> digitBits;
      const int32_t digit = slot & (slotsPerLevel - 1);
      if (level == 3) {
        if (digit * psPerEpoch >= limit) return false;
        epochStart = digit * psPerEpoch;
        cursor = 0;
      } else {
        const int shift = level * digitBits;
        const int32_t above = cursor & ~((slotsPerLevel << shift) - 1);
        const int32_t tick = above | (digit << shift);
        if (epochStart + tick * psPerTick >= limit) return false;
        cursor = tick;
      }
      const int32_t head = detach(slot);
      earliest = -1;
      if (level == 0) {
        openSorted(head, lists[slot].tail);
        return true;
      }
      openTick = none;
      deal(head);
    }
  }

  int32_t detach(int32_t slot) {
    const int32_t word = slot >> 5;
    words[word] &= ~(1u << (slot & 31));
    if (words[word] == 0) summaries[word >> 5] &= ~(1u << (word & 31));
    return lists[slot].head;
  }

  void deal(int32_t head) {
    for (int32_t node = head; node != none;) {
      const int32_t after = nodes[node].next;
      place(node, (nodes[node].time - epochStart) * ticksPerPs);
      node = after;
    }
  }

  void openSorted(int32_t head, int32_t tail) {
    openTick = cursor;
    openHead = openTail = head;
    if (head == tail) return;
    int32_t rest = nodes[head].next;
    nodes[head].next = none;
    for (int count = 1; rest != none && count < insertionsMax; count++) {
      const int32_t after = nodes[rest].next;
      insertOpen(rest, nodes[rest].time, nodes[rest].order >> 8);
      rest = after;
    }
    if (rest == none) return;
    openHead = merge(openHead, sort(rest));
    int32_t last = openTail;
    while (nodes[last].next != none) last = nodes[last].next;
    openTail = last;
  }

  Ps earliestOfSlots() const {
    const int32_t slot = firstSlot();
    Ps at = never;
    if (slot == none) return at;
    for (int32_t node = lists[slot].head; node != none; node = nodes[node].next)
      at = std::min(at, nodes[node].time);
    return at;
  }

  int32_t sort(int32_t head) {
    int32_t bins[32];
    int binCount = 0;
    for (int32_t node = head; node != none;) {
      const int32_t after = nodes[node].next;
      nodes[node].next = none;
      int32_t run = node;
      int bin = 0;
      for (; bin < binCount && bins[bin] != none; bin++) {
        run = merge(bins[bin], run);
        bins[bin] = none;
      }
      bins[bin] = run;
      if (bin == binCount) binCount++;
      node = after;
    }
    int32_t sorted = none;
    for (int bin = 0; bin < binCount; bin++) {
      if (bins[bin] != none) sorted = sorted == none ? bins[bin] : merge(bins[bin], sorted);
    }
    return sorted;
  }

  int32_t merge(int32_t a, int32_t b) {
    int32_t first = none, last = none;
    while (a != none && b != none) {
      const bool takeLate = later(a, nodes[b].time, nodes[b].order >> 8);
      const int32_t node = takeLate ? b : a;
      (takeLate ? b : a) = nodes[node].next;
      if (last == none) first = node;
      else nodes[last].next = node;
      last = node;
    }
    nodes[last].next = a != none ? a : b;
    return first;
  }

  [[gnu::noinline, gnu::cold]] void grow() {
    const size_t old = nodes.size();
    const size_t size = std::min(std::max(size_t{256}, 2 * old), eventsMax);
    check(size > old, "events pending at once: the limit of the event list is reached");
    nodes.resize(size);
    for (size_t k = old; k < size; k++)
      nodes[k].next = k + 1 < size ? static_cast<int32_t>(k + 1) : none;
    freeHead = static_cast<int32_t>(old);
  }
};
