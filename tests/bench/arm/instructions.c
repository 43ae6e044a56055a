/* Counts guest instructions under qemu-user and logs the running total at every getpgid(MARK).
 *
 * Declared by hand from QEMU's documentation of TCG plugins, because Debian ships no header. QEMU 9
 * replaced the counter that all CPUs share by one for each: PLUGIN_API is 1 before, 2 from there on.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define EXPORT __attribute__((visibility("default")))

enum { ADD = 0, GETPGID = 155 /* of arm64 */, MARK = 1 << 30 /* beyond any process */ };

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
typedef void (*translated)(plugin_id, struct qemu_plugin_tb *);
typedef void (*called)(plugin_id, unsigned, int64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                       uint64_t, uint64_t, uint64_t, uint64_t);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, translated);
void qemu_plugin_register_vcpu_syscall_cb(plugin_id, called);
void qemu_plugin_outs(const char *);

EXPORT int qemu_plugin_version = PLUGIN_API;

#if PLUGIN_API == 1
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, int, void *, uint64_t);
static uint64_t counter;
static void begin(void) {}
static uint64_t total(void) { return counter; }
static void count(struct qemu_plugin_tb *tb, uint64_t n)
{
    qemu_plugin_register_vcpu_tb_exec_inline(tb, ADD, &counter, n);
}
#else
struct qemu_plugin_scoreboard;
typedef struct { struct qemu_plugin_scoreboard *score; size_t offset; } per_cpu;
struct qemu_plugin_scoreboard *qemu_plugin_scoreboard_new(size_t);
uint64_t qemu_plugin_u64_sum(per_cpu);
void qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(struct qemu_plugin_tb *, int, per_cpu,
                                                       uint64_t);
static per_cpu counter;
static void begin(void) { counter.score = qemu_plugin_scoreboard_new(sizeof(uint64_t)); }
static uint64_t total(void) { return qemu_plugin_u64_sum(counter); }
static void count(struct qemu_plugin_tb *tb, uint64_t n)
{
    qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(tb, ADD, counter, n);
}
#endif

static void on_translated(plugin_id id, struct qemu_plugin_tb *tb)
{
    count(tb, qemu_plugin_tb_n_insns(tb));
}

static void on_call(plugin_id id, unsigned cpu, int64_t number, uint64_t first, uint64_t b,
                    uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h)
{
    char line[40];
    if (number != GETPGID || first != MARK)
        return;
    snprintf(line, sizeof line, "instructions %llu\n", (unsigned long long)total());
    qemu_plugin_outs(line);
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
    begin();
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translated);
    qemu_plugin_register_vcpu_syscall_cb(id, on_call);
    return 0;
}
