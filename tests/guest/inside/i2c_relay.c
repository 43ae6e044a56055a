/*
 * Hands the transfers of /dev/vi2c to the simulated chips outside of the machine, and their answers
 * back. usage: i2c-relay VI2C PORT. Ends only with the adapter.
 *
 * To each request it adds the guest's monotonic time in ns (u64) in front: the chips live in it. A
 * transfer takes as long as it would on a wire at 400 kHz. While the answer is awaited the processor
 * is kept busy with reads of a port that does nothing: an emulated machine that counts
 * instructions (QEMU's -icount) hardly ages by them, however late the answer comes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <time.h>
#include <unistd.h>

#define LARGEST 65536
#define NOTHING 0x80
#define SPINS 30
#define BIT_NS 2500
#define READ 0x0001

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int all(int fd, uint8_t *at, size_t count, int is_read)
{
	while (count) {
		ssize_t n = is_read ? read(fd, at, count) : write(fd, at, count);

		if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
			for (int i = 0; i < SPINS; i++)
				inb(NOTHING);
			continue;
		}
		if (n <= 0)
			return -1;
		at += n;
		count -= n;
	}
	return 0;
}

static void pass_ns(int64_t until)
{
	struct timespec t = { until / 1000000000LL, until % 1000000000LL };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

/* A transfer's length on the wire: an address byte a message, nine clocks a byte, start and stop. */
static int64_t wire_ns(const uint8_t *request)
{
	uint16_t count, head[3];
	int64_t clocks = 1;

	memcpy(&count, request + 8, 2);
	request += 10;
	while (count--) {
		memcpy(head, request, sizeof(head));
		request += sizeof(head) + (head[1] & READ ? 0 : head[2]);
		clocks += 9 * (1 + head[2]) + 1;
	}
	return clocks * BIT_NS;
}

int main(int argc, char **argv)
{
	static uint8_t buffer[8 + LARGEST];
	int bus, port;

	if (argc != 3)
		return 2;
	bus = open(argv[1], O_RDWR | O_CLOEXEC);
	port = open(argv[2], O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (bus < 0 || port < 0 || ioperm(NOTHING, 1, 1)) {
		perror("i2c-relay");
		return 1;
	}
	for (;;) {
		ssize_t n = read(bus, buffer + 8, LARGEST);
		uint32_t follow, sequence;
		int64_t began = now_ns(), lasts;
		int32_t result;

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 10)
			return 1;
		memcpy(buffer, &began, 8);
		memcpy(&sequence, buffer + 12, 4);
		lasts = wire_ns(buffer + 8);
		if (all(port, buffer, 8 + n, 0))
			return 1;
		do {
			/* The answer to an earlier transfer, given up by now, is thrown away. */
			if (all(port, buffer, 4, 1))
				return 1;
			memcpy(&follow, buffer, 4);
			if (follow > LARGEST - 4 || all(port, buffer + 4, follow, 1))
				return 1;
		} while (memcmp(buffer + 4, &sequence, 4));
		memcpy(&result, buffer + 8, 4);
		/* The controller never comes to an end: the kernel gives up by itself. */
		if (result == INT32_MAX)
			continue;
		pass_ns(began + lasts);
		if (write(bus, buffer, follow + 4) < 0 && errno != ESTALE)
			perror("i2c-relay");
	}
}
