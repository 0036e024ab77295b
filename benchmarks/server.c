/* Answers HTTP/1.1 requests on loopback with canned bytes, at once or after a while, as fast as one core can.

   server ROUTES: each line of the file ROUTES is METHOD PREFIX MIN_LENGTH DELAY_MS FILE, and the first line that fits
   a request answers it with the bytes of FILE. The port is printed. Ends when its input does. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { ROUTES = 64, SOCKETS = 65536, BUFFER = 1 << 19, EVENTS = 256 };

struct route { char method[16], prefix[256]; long least, delay; char *bytes; size_t size; };
struct connection { char *data; size_t used; unsigned life; };
struct answer { int socket; unsigned life; struct route *route; long long due; };

static struct route routes[ROUTES];
static struct connection connections[SOCKETS];
static struct answer queues[ROUTES][SOCKETS]; /* one for each route: its delay is constant, so the first is due first */
static unsigned first[ROUTES], last[ROUTES];
static int count, epoll, timer;

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void die(const char *what) { perror(what); exit(1); }

static void read_routes(const char *name) {
    char path[4096];
    FILE *file = fopen(name, "r"), *body;
    if (!file) die(name);
    while (count < ROUTES && fscanf(file, "%15s %255s %ld %ld %4095s", routes[count].method, routes[count].prefix,
                                    &routes[count].least, &routes[count].delay, path) == 5) {
        struct route *route = &routes[count++];
        if (!(body = fopen(path, "rb"))) die(path);
        fseek(body, 0, SEEK_END);
        route->size = (size_t)ftell(body);
        rewind(body);
        route->bytes = malloc(route->size + 1);
        if (fread(route->bytes, 1, route->size, body) != route->size) die(path);
        fclose(body);
    }
    fclose(file);
}

static void drop(int socket) {
    free(connections[socket].data);
    connections[socket].data = NULL;
    connections[socket].used = 0;
    connections[socket].life++;
    close(socket);
}

static void reply(int socket, const struct route *route) {
    for (size_t sent = 0; sent < route->size;) {
        ssize_t more = send(socket, route->bytes + sent, route->size - sent, MSG_NOSIGNAL);
        if (more > 0) { sent += (size_t)more; continue; }
        if (more < 0 && (errno == EAGAIN || errno == EINTR)) {
            struct pollfd ready = {socket, POLLOUT, 0};
            poll(&ready, 1, 1000);
            continue;
        }
        drop(socket);
        return;
    }
}

static void arm(void) {
    long long next = 0;
    for (int each = 0; each < count; each++)
        if (first[each] != last[each]) {
            long long due = queues[each][first[each] % SOCKETS].due;
            if (!next || due < next) next = due;
        }
    struct itimerspec when = {{0, 0}, {next / 1000000000LL, next % 1000000000LL}};
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void reply_to_due(void) {
    long long expirations, time = now();
    if (read(timer, &expirations, sizeof expirations) < 0 && errno != EAGAIN) die("timer");
    for (int each = 0; each < count; each++)
        while (first[each] != last[each] && queues[each][first[each] % SOCKETS].due <= time) {
            struct answer *due = &queues[each][first[each]++ % SOCKETS];
            if (connections[due->socket].life == due->life) reply(due->socket, due->route);
        }
    arm();
}

static void answer(int socket, const char *head, long length) {
    static const char not_found[] = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
    static struct route none = {"", "", 0, 0, (char *)not_found, sizeof not_found - 1};
    size_t method = strcspn(head, " ");
    for (int each = 0; each < count; each++) {
        struct route *route = &routes[each];
        if (strlen(route->method) != method || memcmp(head, route->method, method) || length < route->least ||
            strncmp(head + method + 1, route->prefix, strlen(route->prefix)))
            continue;
        if (!route->delay) { reply(socket, route); return; }
        struct answer later = {socket, connections[socket].life, route, now() + route->delay * 1000000LL};
        queues[each][last[each]++ % SOCKETS] = later;
        arm();
        return;
    }
    reply(socket, &none);
}

static void receive(int socket) {
    struct connection *each = &connections[socket];
    if (!each->data) each->data = malloc(BUFFER + 1);
    ssize_t more = recv(socket, each->data + each->used, BUFFER - each->used, 0);
    if (more < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (more <= 0) { drop(socket); return; }
    each->used += (size_t)more;
    while (each->data && each->used) {
        each->data[each->used] = 0;
        char *end = strstr(each->data, "\r\n\r\n");
        if (!end) return;
        *end = 0;
        char *field = strcasestr(each->data, "\r\ncontent-length:");
        long length = field ? strtol(field + 17, NULL, 10) : 0;
        *end = '\r';
        size_t whole = (size_t)(end - each->data) + 4 + (size_t)length;
        if (each->used < whole) return;
        answer(socket, each->data, length);
        if (!each->data) return;
        memmove(each->data, each->data + whole, each->used - whole);
        each->used -= whole;
    }
}

static void watch(int descriptor) {
    struct epoll_event event = {EPOLLIN, {.fd = descriptor}};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)) die("epoll");
}

int main(int arguments, char **argument) {
    if (arguments != 2) return 2;
    read_routes(argument[1]);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 4096)) die("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    epoll = epoll_create1(0);
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    watch(listener), watch(timer), watch(STDIN_FILENO);
    for (;;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        for (int each = 0; each < ready; each++) {
            int source = events[each].data.fd, accepted;
            if (source == STDIN_FILENO) return 0;
            if (source == timer) { reply_to_due(); continue; }
            if (source != listener) { receive(source); continue; }
            while ((accepted = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                if (accepted >= SOCKETS) { close(accepted); continue; }
                setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                watch(accepted);
            }
        }
    }
}
