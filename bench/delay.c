/* A line with a delay between pairs of TUN devices, where the kernel has no netem.
 *
 *   delay A B MICROSECONDS [A B MICROSECONDS ...]
 *
 * makes the devices, says "ready", and carries each packet from A to B and from B to A so long after it came. All
 * packets are delayed, those that set up connections too; none is lost or overtaken. Ends when it is killed. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

struct packet {
    struct packet *next;
    long long due;
    ssize_t length;
    char bytes[];
};

struct lane {
    int from, to;
    long long delay;
    struct packet *first, **end;
};

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int device(const char *name) {
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    int handle = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    if (handle < 0 || ioctl(handle, TUNSETIFF, &request) < 0) {
        perror(name);
        exit(1);
    }
    return handle;
}

/* Takes in what has arrived. */
static void take(struct lane *lane) {
    static char buffer[65536];
    ssize_t length;
    while ((length = read(lane->from, buffer, sizeof buffer)) > 0) {
        struct packet *packet = malloc(sizeof *packet + length);
        if (!packet) exit(1);
        packet->next = NULL;
        packet->due = now() + lane->delay;
        packet->length = length;
        memcpy(packet->bytes, buffer, length);
        *lane->end = packet;
        lane->end = &packet->next;
    }
}

/* Hands over what is due; gives the time of the next packet, or 0. */
static long long give(struct lane *lane) {
    struct packet *packet;
    while ((packet = lane->first) && packet->due <= now()) {
        ssize_t taken = write(lane->to, packet->bytes, packet->length);
        (void)taken; /* a device that is not up yet takes nothing */
        if (!(lane->first = packet->next)) lane->end = &lane->first;
        free(packet);
    }
    return packet ? packet->due : 0;
}

int main(int count, char **words) {
    int lanes = (count - 1) / 3 * 2;
    struct lane *lane = calloc(lanes, sizeof *lane);
    struct pollfd *polled = calloc(lanes, sizeof *polled);
    for (int i = 0; i < lanes; i += 2) {
        char **pair = words + 1 + i / 2 * 3;
        int a = device(pair[0]), b = device(pair[1]);
        lane[i] = (struct lane){.from = a, .to = b, .delay = atoll(pair[2]) * 1000};
        lane[i + 1] = (struct lane){.from = b, .to = a, .delay = atoll(pair[2]) * 1000};
    }
    for (int i = 0; i < lanes; i++) {
        lane[i].end = &lane[i].first;
        polled[i] = (struct pollfd){.fd = lane[i].from, .events = POLLIN};
    }
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    puts("ready");
    fflush(stdout);
    for (;;) {
        long long next = 0, due;
        for (int i = 0; i < lanes; i++)
            if ((due = give(&lane[i])) && (!next || due < next)) next = due;
        long long wait = next ? next - now() : 0;
        if (wait < 0) continue;
        struct timespec time = {.tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000};
        ppoll(polled, lanes, next ? &time : NULL, NULL);
        for (int i = 0; i < lanes; i++)
            if (polled[i].revents & POLLIN) take(&lane[i]);
    }
}
