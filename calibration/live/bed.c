/*
 * The programs of the live bed that no package has: compiled by `cc` when `calibrate` runs.
 *
 *   bed sink PORT            a UDP socket with the smallest buffer that nobody reads: every packet walks the whole path
 *                            and dies at the end
 *   bed flood IP PORT BYTES MS   datagrams as fast as one core can; prints "packets nanoseconds"
 *   bed tunnel DEV IP PORT   Flannel's UDP backend in small: TUN device to UDP socket and back, one packet a call
 *   bed reach IP PORT        a datagram to a port that nobody has; done when the refusal comes back
 *   bed delay DEV US FILE    a TUN device that gives every packet back after US microseconds; when ended it writes of
 *                            the first TCP packets: ns, source port, payload bytes, sequence number, acknowledgement
 *   bed spin                 keeps a core from halting without taking it from anybody (SCHED_IDLE, nice 19)
 *
 * Left out: errors of single packets (a full socket is the point), IPv6.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) {
  fprintf(stderr, "bed: %s: %s\n", what, strerror(errno));
  exit(1);
}

static long long nowNs(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static struct sockaddr_in address(const char *ip, int port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (inet_pton(AF_INET, ip, &a.sin_addr) != 1) die(ip);
  return a;
}

static int boundSocket(int port) {
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in a = address("0.0.0.0", port);
  if (s < 0 || bind(s, (struct sockaddr *)&a, sizeof a) < 0) die("bind");
  return s;
}

static _Noreturn void sink(int port) {
  int s = boundSocket(port), least = 1;
  setsockopt(s, SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
  for (;;) pause();
}

static int flood(const char *ip, int port, int bytes, int ms) {
  static char data[65536];
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in to = address(ip, port);
  if (s < 0 || connect(s, (struct sockaddr *)&to, sizeof to) < 0) die("connect");
  long long packets = 0, begin = nowNs(), end = begin + ms * 1000000LL, at = begin;
  while (at < end) {
    for (int i = 0; i < 64; i++) packets += send(s, data, bytes, 0) == bytes;
    at = nowNs();
  }
  printf("%lld %lld\n", packets, at - begin);
  return 0;
}

static int reach(const char *ip, int port) {
  struct timeval wait = {.tv_sec = 1};
  struct sockaddr_in to = address(ip, port);
  char answer;
  for (int tries = 0; tries < 4; tries++) {
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    if (s < 0 || connect(s, (struct sockaddr *)&to, sizeof to) < 0) die("connect");
    if (send(s, &answer, 0, 0) == 0 && recv(s, &answer, 1, 0) < 0 && errno == ECONNREFUSED) return 0;
    close(s);
  }
  errno = ETIMEDOUT;
  die(ip);
  return 1;
}

static _Noreturn void tunnel(const char *dev, const char *ip, int port) {
  static char packet[65536];
  struct ifreq r = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  strncpy(r.ifr_name, dev, IFNAMSIZ - 1);
  int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  if (tun < 0 || ioctl(tun, TUNSETIFF, &r) < 0) die(dev);
  int s = boundSocket(port);
  fcntl(s, F_SETFL, O_NONBLOCK);
  struct sockaddr_in peer = address(ip, port);
  struct pollfd both[2] = {{.fd = tun, .events = POLLIN}, {.fd = s, .events = POLLIN}};
  for (;;) {
    if (poll(both, 2, -1) < 0 && errno != EINTR) die("poll");
    for (int moved = 1; moved;) {
      moved = 0;
      ssize_t n = read(tun, packet, sizeof packet);
      if (n > 0) {
        sendto(s, packet, n, 0, (struct sockaddr *)&peer, sizeof peer);
        moved = 1;
      }
      n = recv(s, packet, sizeof packet, 0);
      if (n > 0) {
        if (write(tun, packet, n) < 0 && errno != EIO && errno != EAGAIN) die("write");
        moved = 1;
      }
    }
  }
}

enum { HELD = 1 << 16, NOTED = 1 << 14, TCP = 6 };
static struct { long long due; int bytes; char *data; } held[HELD];
static struct { long long at; unsigned port, bytes, seq, ack; } noted[NOTED];
static int notes;
static const char *noteFile;

static void writeNotes(int signal) {
  (void)signal;
  FILE *f = fopen(noteFile, "w");
  for (int i = 0; f && i < notes; i++) 
    fprintf(f, "%lld %u %u %u %u\n", noted[i].at, noted[i].port, noted[i].bytes, noted[i].seq, noted[i].ack);
  if (f) fclose(f);
  _exit(0);
}

static unsigned word(const unsigned char *at, int bytes) {
  unsigned value = 0;
  while (bytes--) value = value << 8 | *at++;
  return value;
}

/* IPv4 without options that matter: addresses are ours. */
static void takeNote(const unsigned char *packet, ssize_t n, long long now) {
  int ip = (packet[0] & 15) * 4;
  if (notes == NOTED || n < ip + 20 || packet[9] != TCP) return;
  const unsigned char *tcp = packet + ip;
  noted[notes].at = now;
  noted[notes].port = word(tcp, 2);
  noted[notes].bytes = n - ip - (tcp[12] >> 4) * 4;
  noted[notes].seq = word(tcp + 4, 4);
  noted[notes++].ack = word(tcp + 8, 4);
}

static _Noreturn void delay(const char *dev, long long us, const char *file) {
  static char packet[65536];
  struct ifreq r = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  strncpy(r.ifr_name, dev, IFNAMSIZ - 1);
  int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  if (tun < 0 || ioctl(tun, TUNSETIFF, &r) < 0) die(dev);
  noteFile = file;
  signal(SIGTERM, writeNotes);
  unsigned head = 0, tail = 0;
  for (;;) {
    ssize_t n = read(tun, packet, sizeof packet);
    long long now = nowNs();
    if (n > 0 && tail - head < HELD) {
      unsigned at = tail++ % HELD;
      held[at].due = now + us * 1000;
      held[at].bytes = n;
      held[at].data = malloc(n);
      memcpy(held[at].data, packet, n);
      takeNote((unsigned char *)packet, n, now);
    }
    while (head != tail && held[head % HELD].due <= now) {
      unsigned at = head++ % HELD;
      if (write(tun, held[at].data, held[at].bytes) < 0 && errno != EAGAIN && errno != EIO) die("write");
      free(held[at].data);
    }
    if (n > 0) continue;
    struct pollfd one = {.fd = tun, .events = POLLIN};
    long long left = head == tail ? 50000000 : held[head % HELD].due - now;
    struct timespec wait = {.tv_nsec = left > 0 ? left : 0};
    if (wait.tv_nsec > 50000000) wait.tv_nsec = 50000000;
    ppoll(&one, 1, &wait, NULL);
  }
}

static _Noreturn void spin(void) {
  struct sched_param p = {0};
  setpriority(PRIO_PROCESS, 0, 19);
  if (sched_setscheduler(0, SCHED_IDLE, &p) < 0) die("sched_setscheduler");
  for (volatile unsigned long n = 0;; n++) {
  }
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "";
  if (!strcmp(what, "sink") && count == 3) sink(atoi(words[2]));
  if (!strcmp(what, "flood") && count == 6)
    return flood(words[2], atoi(words[3]), atoi(words[4]), atoi(words[5]));
  if (!strcmp(what, "tunnel") && count == 5) tunnel(words[2], words[3], atoi(words[4]));
  if (!strcmp(what, "reach") && count == 4) return reach(words[2], atoi(words[3]));
  if (!strcmp(what, "delay") && count == 5) delay(words[2], atoll(words[3]), words[4]);
  if (!strcmp(what, "spin") && count == 2) spin();
  fprintf(stderr, "bed: sink PORT | flood IP PORT BYTES MS | reach IP PORT | tunnel DEV IP PORT | delay DEV US FILE | spin\n");
  return 2;
}
