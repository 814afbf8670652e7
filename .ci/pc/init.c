/* The guest's only process besides what it runs: the commands of /commands, one after the other. What they print goes to
   Bochs' standard output by its port 0xe9; then the last line `@exit CODE`, with the first code that is not 0. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_PORT = 0xe9, POWER_PORT = 0x8900 };

static char commands[1 << 20], *next = commands;

static void print(const char *text, size_t length) {
    while (length--) outb(*text++, OUTPUT_PORT);
}

static void power_off(int code) {
    char line[32];
    print(line, sprintf(line, "\n@exit %d\n", code));
    for (;;)
        for (const char *word = "Shutdown"; *word; word++) outb(*word, POWER_PORT);
}

static char *string(void) {
    char *here = next;
    next += strlen(here) + 1;
    return here;
}

/* A count and as many strings. */
static char **list(void) {
    int count = atoi(string());
    char **strings = calloc(count + 1, sizeof *strings);
    for (int i = 0; strings && i < count; i++) strings[i] = string();
    return strings;
}

static int run(char **arguments, char **environment) {
    int ends[2], status;
    if (pipe(ends)) return 125;
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 1), dup2(ends[1], 2), close(ends[0]), close(ends[1]);
        execve(arguments[0], arguments, environment);
        perror(arguments[0]);
        _exit(126);
    }
    close(ends[1]);
    static char output[4096];
    for (ssize_t got; (got = read(ends[0], output, sizeof output)) > 0;) print(output, got);
    close(ends[0]);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void) {
    if (iopl(3)) return 1;
    print("\n@start\n", 8);
    mount("proc", "/proc", "proc", 0, NULL);
    mount("sys", "/sys", "sysfs", 0, NULL);
    mount("dev", "/dev", "devtmpfs", 0, NULL);
    int file = open("/commands", O_RDONLY);
    if (file < 0 || read(file, commands, sizeof commands - 1) < 1) power_off(124);
    char **environment = list();
    if (chdir(string())) power_off(123);
    int first = 0;
    while (*next) {
        int code = run(list(), environment);
        if (!first) first = code;
    }
    power_off(first);
}
