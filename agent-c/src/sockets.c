#include "sockets.h"

#include <asm/ioctls.h>
#include <asm/poll.h>
#include <asm/socket.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <linux/time_types.h>
#include <stdbool.h>

#include "syscall.h"
#include "writer.h"

#define MAX_SOCKETS 4096
#define MAX_ADDRESS 128 /* sizeof(struct sockaddr_storage) */

/* <sys/socket.h> is libc's */
#define AF_UNIX 1
#define IPPROTO_TCP 6
#define TCP_LISTEN 10
#define NONBLOCKING_POLL_NS 0
#define POLL_RDHUP 0x2000

static int32_t sockets[MAX_SOCKETS];
static size_t socket_count;
static bool input_cut;

void sleeper__sockets_take_input_as(const int32_t *fds, size_t count) {
  input_cut = count > MAX_SOCKETS;
  socket_count = input_cut ? MAX_SOCKETS : count;
  for (size_t i = 0; i < socket_count; i++) sockets[i] = fds[i];
}

static bool option_as(int fd, int level, int name, void *value, uint32_t size) {
  return sleeper__syscall6_as(__NR_getsockopt, fd, level, name, (long)value, (long)&size, 0) == 0;
}

static bool int_option_as(int fd, int name, const char *key, int32_t *value) {
  if (!option_as(fd, SOL_SOCKET, name, value, sizeof *value)) return false;
  sleeper__json_int_as(key, *value);
  return true;
}

static void write_address_as(int fd, long syscall_number, const char *key) {
  unsigned char address[MAX_ADDRESS];
  uint32_t size = sizeof address;
  if (sleeper__syscall3_as(syscall_number, fd, (long)address, (long)&size) != 0) return;
  if (size > sizeof address) size = sizeof address;
  sleeper__json_string_begin_as(key);
  for (uint32_t i = 0; i < size; i++) sleeper__text_hex_as(address[i], 2);
  sleeper__json_string_end_as();
}

static void write_queue_as(int fd, unsigned long request, const char *key) {
  int32_t bytes;
  if (sleeper__syscall3_as(__NR_ioctl, fd, (long)request, (long)&bytes) == 0)
    sleeper__json_int_as(key, bytes);
}

/* A listening socket keeps the length of its queue in tcpi_unacked and the limit in tcpi_sacked
 * (net/ipv4/tcp.c, tcp_get_info). */
static void write_tcp_as(int fd) {
  struct tcp_info info = {0};
  if (!option_as(fd, IPPROTO_TCP, TCP_INFO, &info, sizeof info)) return;
  sleeper__json_uint_as("tcpState", info.tcpi_state);
  if (info.tcpi_state != TCP_LISTEN) return;
  sleeper__json_object_begin_as("backlog");
  sleeper__json_uint_as("queued", info.tcpi_unacked);
  sleeper__json_uint_as("limit", info.tcpi_sacked);
  sleeper__json_object_end_as();
}

/* SO_ERROR is not read: reading clears it, and the program would never learn of its error. poll() tells
 * that there is one and leaves it. */
static void write_poll_as(int fd) {
  struct pollfd poll = {.fd = fd, .events = POLLIN | POLLOUT | POLLPRI | POLL_RDHUP};
  struct __kernel_timespec at_once = {0, NONBLOCKING_POLL_NS};
  long ready = sleeper__syscall6_as(__NR_ppoll, (long)&poll, 1, (long)&at_once, 0, 8, 0);
  sleeper__json_int_as("poll", ready > 0 ? poll.revents : 0);
}

static void write_peer_as(int fd) {
  struct {
    int32_t pid;
    uint32_t uid;
    uint32_t gid;
  } credentials;
  if (option_as(fd, SOL_SOCKET, SO_PEERCRED, &credentials, sizeof credentials) && credentials.pid > 0)
    sleeper__json_int_as("peerPid", credentials.pid);
}

/* What lies in a pipe, asked at either end: opening it through /proc would make one more reader or writer. */
static void write_pipe_as(int fd) {
  long capacity = sleeper__syscall3_as(__NR_fcntl, fd, F_GETPIPE_SZ, 0);
  if (capacity < 0) return;
  write_queue_as(fd, FIONREAD, "receiveQueue");
  sleeper__json_int_as("capacity", capacity);
}

static void write_socket_as(int fd) {
  int32_t family = 0, type = 0, protocol = 0, listening = 0;
  if (!int_option_as(fd, SO_DOMAIN, "family", &family)) {
    write_pipe_as(fd);
    return;
  }
  int_option_as(fd, SO_TYPE, "type", &type);
  int_option_as(fd, SO_PROTOCOL, "protocol", &protocol);
  if (option_as(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, sizeof listening))
    sleeper__json_bool_as("listening", listening != 0);
  write_address_as(fd, __NR_getsockname, "local");
  write_address_as(fd, __NR_getpeername, "remote");
  if (listening == 0) {
    write_queue_as(fd, SIOCINQ, "receiveQueue");
    write_queue_as(fd, SIOCOUTQ, "sendQueue");
  }
  if (protocol == IPPROTO_TCP) write_tcp_as(fd);
  if (family == AF_UNIX && listening == 0) write_peer_as(fd);
}

void sleeper__sockets_write_as(void) {
  if (input_cut) sleeper__warn_as("fds", "only 4096 sockets and pipes were described from inside", 0);
  sleeper__json_section_begin_as("sockets");
  for (size_t i = 0; i < socket_count; i++) {
    struct sleeper__mark mark = sleeper__writer_mark_as();
    sleeper__json_object_begin_as(NULL);
    sleeper__json_int_as("fd", sockets[i]);
    write_socket_as(sockets[i]);
    write_poll_as(sockets[i]);
    sleeper__json_object_end_as();
    if (!sleeper__json_element_kept_as(mark, "the answer was too large: sockets were left out")) break;
  }
  sleeper__json_section_end_as();
}
