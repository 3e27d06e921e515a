// What engine/core has for everybody, as far as the fabric alone needs it: checks, the logarithm, random streams,
// the digest, histograms. Same operations in the same order, so the same bits: compile with -ffp-contract=off.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

/** Picoseconds, whole, below 2^53. */
using Ps = double;
constexpr Ps never = std::numeric_limits<double>::infinity();
constexpr double wholeMax = 9007199254740991.0;
constexpr double two32 = 4294967296.0;

// engine/core/assert.ts: always on.
[[noreturn, gnu::noinline, gnu::cold]] inline void fail(const char* message) {
  throw std::runtime_error(message);
}

inline void check(bool condition, const char* message) {
  if (__builtin_expect(!condition, 0)) fail(message);
}

/** Half goes up, as in ECMAScript. */
inline double roundHalfUp(double x) {
  const double up = std::ceil(x);
  return up - 0.5 > x ? up - 1 : up;
}

/** The low 32 bits of a whole number, as in ECMAScript. */
inline uint32_t low32(double x) { return static_cast<uint32_t>(static_cast<int64_t>(x)); }

// engine/core/math.ts
inline double ln(double x) {
  check(x >= 2.2250738585072014e-308 && x <= std::numeric_limits<double>::max(), "ln: argument");
  uint64_t bits;
  std::memcpy(&bits, &x, 8);
  int k = static_cast<int>(bits >> 52) - 1023;
  bits = (bits & 0xfffffffffffff) | (uint64_t{1023} << 52);
  double m;
  std::memcpy(&m, &bits, 8);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
  }
  const double s = (m - 1) / (m + 1);
  const double z = s * s;
  const double tail =
      ((((1.0 / 19 * z + 1.0 / 17) * z + 1.0 / 15) * z + 1.0 / 13) * z + 1.0 / 11) * z + 1.0 / 9;
  const double series = (((tail * z + 1.0 / 7) * z + 1.0 / 5) * z + 1.0 / 3) * z;
  return k * 0.6931471803691238 + (k * 1.9082149292705877e-10 + 2 * s * series + 2 * s);
}

// engine/core/toeplitz.ts
inline uint32_t finish(uint32_t z) {
  z = (z ^ (z >> 16)) * 0x21f0aaad;
  z = (z ^ (z >> 15)) * 0x735a2d97;
  return z ^ (z >> 15);
}

inline uint32_t mix32(uint32_t a, uint32_t b) { return finish(a * 0x9e3779b1 + b); }

// engine/core/streams.ts
class Stream {
 public:
  Stream(uint64_t seed, const std::string& label) {
    const uint32_t seedHigh = static_cast<uint32_t>(seed >> 32);
    a = mix(static_cast<uint32_t>(seed)) ^ mix(seedHigh + 0x3c6ef372);
    b = hash(label, 0x811c9dc5);
    c = hash(label, 0x2545f491) ^ seedHigh;
    for (int draw = 0; draw < 15; draw++) u32();
  }

  uint32_t u32() {
    const uint32_t sum = a + b + counter;
    counter++;
    a = b ^ (b >> 9);
    b = c + (c << 3);
    c = ((c << 21) | (c >> 11)) + sum;
    return sum;
  }

  double unit() {
    const uint32_t high = u32() >> 5;
    const uint32_t low = u32() >> 6;
    return (high * 67108864.0 + low) / 9007199254740992.0;
  }

  uint32_t below(uint32_t count) {
    check(count >= 1, "stream: count");
    const uint64_t usable = (uint64_t{1} << 32) - ((uint64_t{1} << 32) % count);
    uint32_t draw = u32();
    while (draw >= usable) draw = u32();
    return draw % count;
  }

  Ps exponentialPs(Ps meanPs) {
    check(meanPs >= 1 && meanPs <= 140737488355328.0, "stream: mean");
    const double ps = roundHalfUp(-ln(1 - unit()) * meanPs);
    return ps > 1 ? ps : 1;
  }

 private:
  uint32_t a, b, c, counter = 1;

  static uint32_t mix(uint32_t word) { return finish(word + 0x9e3779b9); }

  /** Labels are ASCII: the high byte of each UTF-16 unit is 0. */
  static uint32_t hash(const std::string& label, uint32_t h) {
    for (const char unit : label) {
      h = (h ^ static_cast<unsigned char>(unit)) * 0x01000193;
      h *= 0x01000193;
    }
    return mix(h);
  }
};

// engine/core/digest.ts
class Digest {
 public:
  void fold(double time, uint32_t word) {
    const int64_t whole = static_cast<int64_t>(time);
    const uint32_t low = a ^ static_cast<uint32_t>(whole);
    const uint32_t high = (b ^ word) + static_cast<uint32_t>(whole >> 32) * 0x27d4eb2f;
    const uint32_t next = low * 0x2c1b3c6d + ((high << 13) | (high >> 19));
    b = (high * 0x297a2d39) ^ (next >> 15);
    a = next;
  }

  std::string hex() const {
    const uint32_t first = finish(a ^ ((b << 16) | (b >> 16)));
    const uint32_t second = finish(b + first);
    char text[17];
    std::snprintf(text, sizeof text, "%08x%08x", first, second);
    return text;
  }

  static std::string combine(const std::vector<std::string>& hexes) {
    Digest all;
    for (const std::string& hex : hexes) {
      const uint64_t bits = std::stoull(hex, nullptr, 16);
      all.fold(static_cast<double>(bits >> 32), static_cast<uint32_t>(bits));
    }
    return all.hex();
  }

 private:
  uint32_t a = 0x243f6a88, b = 0x85a308d3;
};

// engine/core/histogram.ts
class Histogram {
 public:
  uint64_t count = 0;
  std::vector<uint64_t> counts = std::vector<uint64_t>(128);

  void record(double value) {
    check(value >= 0 && value <= wholeMax && std::floor(value) == value, "histogram: value");
    const size_t index = bucketOf(static_cast<uint64_t>(value));
    if (index >= counts.size()) widen(index);
    counts[index]++;
    count++;
  }

  void add(const Histogram& other) {
    if (other.counts.size() > counts.size()) widen(other.counts.size() - 1);
    for (size_t i = 0; i < other.counts.size(); i++) counts[i] += other.counts[i];
    count += other.count;
  }

  double quantile(double q) const {
    check(count > 0, "histogram: empty");
    double rank = std::ceil(q * static_cast<double>(count) * (1 - 8.881784197001252e-16));
    if (rank < 1) rank = 1;
    for (size_t index = 0; index < counts.size(); index++) {
      rank -= static_cast<double>(counts[index]);
      if (rank <= 0) return midpoint(index);
    }
    fail("histogram: count differs from its buckets");
  }

 private:
  static size_t bucketOf(uint64_t value) {
    const int octave = 63 - __builtin_clzll(value | 128);
    return (static_cast<size_t>(octave - 7) << 7) + static_cast<size_t>(value >> (octave - 7));
  }

  static double midpoint(size_t index) {
    if (index < 256) return static_cast<double>(index);
    const double width = static_cast<double>(uint64_t{1} << ((index >> 7) - 1));
    return static_cast<double>(128 + (index & 127)) * width + width / 2;
  }

  [[gnu::noinline]] void widen(size_t index) { counts.resize((index / 128 + 1) * 128); }
};
