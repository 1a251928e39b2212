#include "live_pipes.h"

#include <asm/poll.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/time_types.h>

#include "../include/sleeper.h"
#include "live.h"
#include "syscall.h"

#define LONGEST_REQUEST ((uint32_t)16 << 20)
#define EAGAIN_RESULT (-11L)
#define EINTR_RESULT (-4L)
#define FIRST_FD 3 /* never one of the three standard ones, even if the target has closed them */

/* The program may close descriptors that it does not know, and open others with the same numbers: what is
 * used must still be the pipe that was made. */
struct end {
  int fd;
  unsigned long inode;
  unsigned long device;
};

enum { REQUEST_READ, REQUEST_WRITE, ANSWER_READ, ANSWER_WRITE, ENDS };
static struct end ends[ENDS];
static uint32_t over;

/* The message that is being read. */
static struct live_message head;
static char *body;
static size_t have;

static bool is_ours(const struct end *end) {
  struct stat now;
  return end->fd >= 0 && sleeper__syscall3_as(__NR_fstat, end->fd, (long)&now, 0) == 0 &&
         now.st_ino == end->inode && now.st_dev == end->device;
}

static void close_end(struct end *end) {
  if (is_ours(end)) sleeper__syscall3_as(__NR_close, end->fd, 0, 0);
  end->fd = -1;
}

static int64_t remember(struct end *end, int fd) {
  if (fd < FIRST_FD) {
    long higher = sleeper__syscall3_as(__NR_fcntl, fd, F_DUPFD_CLOEXEC, FIRST_FD);
    sleeper__syscall3_as(__NR_close, fd, 0, 0);
    if (higher < 0) return higher;
    fd = (int)higher;
  }
  struct stat now;
  sleeper__syscall3_as(__NR_fstat, fd, (long)&now, 0);
  *end = (struct end){fd, now.st_ino, now.st_dev};
  return 0;
}

static int64_t open_pipe(struct end *reading, struct end *writing) {
  int both[2];
  long result = sleeper__syscall3_as(__NR_pipe2, (long)both, O_CLOEXEC | O_NONBLOCK, 0);
  if (result != 0) return result;
  int64_t first = remember(reading, both[0]), second = remember(writing, both[1]);
  return first != 0 ? first : second;
}

int64_t sleeper__live_pipes_open(void) {
  for (int i = 0; i < ENDS; i++) ends[i].fd = -1;
  over = 0;
  body = NULL;
  have = 0;
  int64_t result = open_pipe(&ends[REQUEST_READ], &ends[REQUEST_WRITE]);
  if (result == 0) result = open_pipe(&ends[ANSWER_READ], &ends[ANSWER_WRITE]);
  if (result != 0) {
    sleeper__live_pipes_forked();
    return result;
  }
  sleeper_control.live_request_fd = ends[REQUEST_READ].fd;
  sleeper_control.live_answer_fd = ends[ANSWER_WRITE].fd;
  return 0;
}

void sleeper__live_pipes_forked(void) {
  sleeper_control.live_request_fd = -1;
  sleeper_control.live_answer_fd = -1;
  for (int i = 0; i < ENDS; i++) close_end(&ends[i]);
}

void sleeper__live_pipes_close(void) {
  sleeper__live_pipes_forked();
  if (body != NULL) sleeper__live_unmap(body, head.length);
  body = NULL;
}

void sleeper__live_pipes_drop_other_ends(void) {
  close_end(&ends[REQUEST_WRITE]);
  close_end(&ends[ANSWER_READ]);
}

void sleeper__live_pipes_over(void) {
  __atomic_store_n(&over, 1, __ATOMIC_RELEASE);
}

static long wait_for(int fd, short events, int milliseconds) {
  struct pollfd poll = {fd, events, 0};
  struct __kernel_timespec time = {milliseconds / 1000, (milliseconds % 1000) * LIVE_MILLISECOND};
  return sleeper__syscall6_as(__NR_ppoll, (long)&poll, 1, milliseconds < 0 ? 0 : (long)&time, 0, 0, 0);
}

/* Reads on with what is missing of `size` bytes at `to`. */
static enum live_read read_some(char *to, size_t done, size_t size) {
  long got = sleeper__syscall3_as(__NR_read, ends[REQUEST_READ].fd, (long)(to + done), (long)(size - done));
  if (got == EAGAIN_RESULT || got == EINTR_RESULT) return LIVE_READ_NOTHING;
  if (got <= 0) return LIVE_READ_OVER;
  have += (size_t)got;
  return LIVE_READ_MESSAGE;
}

static enum live_read read_on(void) {
  enum live_read result = LIVE_READ_MESSAGE;
  while (result == LIVE_READ_MESSAGE && have < sizeof head)
    result = read_some((char *)&head, have, sizeof head);
  if (result != LIVE_READ_MESSAGE || head.length == 0) return result;
  if (body == NULL) {
    if (head.length > LONGEST_REQUEST) return LIVE_READ_OVER;
    body = sleeper__live_map(head.length);
    if (body == NULL) return LIVE_READ_OVER;
  }
  while (result == LIVE_READ_MESSAGE && have < sizeof head + head.length)
    result = read_some(body, have - sizeof head, head.length);
  return result;
}

enum live_read sleeper__live_read(int milliseconds, struct live_message *message, char **payload) {
  if (!is_ours(&ends[REQUEST_READ])) return LIVE_READ_OVER;
  if (wait_for(ends[REQUEST_READ].fd, POLLIN, milliseconds) <= 0) return LIVE_READ_NOTHING;
  if (!is_ours(&ends[REQUEST_READ])) return LIVE_READ_OVER;
  enum live_read result = read_on();
  if (result != LIVE_READ_MESSAGE) return result;
  *message = head;
  *payload = body;
  body = NULL;
  have = 0;
  return LIVE_READ_MESSAGE;
}

/* How long to wait before looking whether the session is over. */
#define PATIENCE_MS 50

static bool write_all(const char *bytes, size_t length) {
  while (length > 0) {
    const struct end *end = &ends[ANSWER_WRITE];
    if (__atomic_load_n(&over, __ATOMIC_ACQUIRE) || !is_ours(end)) return false;
    long done = sleeper__syscall3_as(__NR_write, end->fd, (long)bytes, (long)length);
    if (done == EAGAIN_RESULT || done == EINTR_RESULT) {
      wait_for(end->fd, POLLOUT, PATIENCE_MS);
      continue;
    }
    if (done < 0)
      return false; /* EPIPE; the SIGPIPE that comes with it is blocked, and dies with the thread */
    bytes += done;
    length -= (size_t)done;
  }
  return true;
}

void sleeper__live_answer(uint32_t id, uint32_t status, int32_t tid, const char *bytes, size_t length) {
  const uint32_t message[4] = {(uint32_t)length, id, status, (uint32_t)tid};
  if (write_all((const char *)message, sizeof message)) write_all(bytes, length);
}
