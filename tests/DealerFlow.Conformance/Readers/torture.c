/* Reads a feed as fast as it can and checks every word: torture mapped|unmapped DIRECTORY NAME [HEADLINES SNAPSHOTS]
 *
 * Every word of a section is the publish number plus the word's place; see Pattern.cs. Without counts it reads until SIGTERM, whatever becomes of
 * the writers, and opens the feed again when it is told to. Prints one JSON document.
 */
#include "dealerflow_feed.h"
#include <signal.h>

enum { LONGEST_NANOS = 1 << 17 };

typedef struct tally {
    uint64_t reads;
    uint64_t torn;
    uint64_t fallen;
    uint64_t corrupt;
    uint64_t busy;
    uint64_t nothing;
    uint64_t last;
    int64_t longest;
    uint64_t nanos[LONGEST_NANOS + 1];
} tally;

static volatile sig_atomic_t is_over;

static void end(int signal)
{
    (void)signal;
    is_over = 1;
}

static bool is_whole(const void *section, uint64_t bytes, uint64_t number, bool is_snapshot)
{
    const uint64_t *words = (const uint64_t *)section;
    for (uint64_t i = 0; i < bytes / 8; i++) {
        bool counts = is_snapshot && (i == offsetof(df_market_section, strike_count) / 8 || i == offsetof(df_market_section, expiry_count) / 8);
        if (!counts && words[i] != number + i) return false;
    }
    return true;
}

static void note(tally *told, df_snapshot_read_status status, int64_t nanos, const void *section, uint64_t bytes, const df_runtime_section *runtime, bool is_snapshot)
{
    if (status == DF_SNAPSHOT_READ_STATUS_BUSY) told->busy++;
    if (status == DF_SNAPSHOT_READ_STATUS_CORRUPT) told->corrupt++;
    if (status == DF_SNAPSHOT_READ_STATUS_NOTHING_PUBLISHED) told->nothing++;
    if (nanos > told->longest) told->longest = nanos;
    if (status != DF_SNAPSHOT_READ_STATUS_OK) return;
    told->reads++;
    told->nanos[nanos < LONGEST_NANOS ? nanos : LONGEST_NANOS]++;
    if (!is_whole(section, bytes, runtime->publish_number, is_snapshot) || runtime->ledger.in != runtime->publish_number) told->torn++;
    if (runtime->publish_number < told->last) told->fallen++;
    told->last = runtime->publish_number;
}

static int percentile(const tally *told, double share)
{
    uint64_t left = (uint64_t)((double)told->reads * share);
    int nanos = 0;
    while (nanos < LONGEST_NANOS && left >= told->nanos[nanos]) left -= told->nanos[nanos++];
    return nanos;
}

static void print(const char *what, const tally *told, const char *end)
{
    printf("\"%s\":{\"reads\":%llu,\"torn\":%llu,\"fallen\":%llu,\"corrupt\":%llu,\"busy\":%llu,\"nothing\":%llu,\"last\":%llu,\"p50\":%d,\"p99\":%d,\"longest\":%lld}%s", what, (unsigned long long)told->reads,
        (unsigned long long)told->torn, (unsigned long long)told->fallen, (unsigned long long)told->corrupt, (unsigned long long)told->busy, (unsigned long long)told->nothing, (unsigned long long)told->last,
        percentile(told, 0.5), percentile(told, 0.99), (long long)told->longest, end);
}

int main(int argc, char **argv)
{
    static df_feed feed;
    static tally headlines, snapshots;
    df_headline headline;
    df_snapshot snapshot;
    df_access access = strcmp(argv[1], "mapped") == 0 ? DF_MAPPED : DF_UNMAPPED;
    if (argc < 4 || !df_open(&feed, argv[2], argv[3], NULL, access) || !df_snapshot_create(&snapshot, &feed)) {
        fprintf(stderr, "%s\n", feed.message);
        return 1;
    }
    bool attends = argc < 6;
    uint64_t wanted = attends ? UINT64_MAX : strtoull(argv[4], NULL, 10), wanted_snapshots = attends ? UINT64_MAX : strtoull(argv[5], NULL, 10);
    uint64_t states[16] = {0}, opened = 1, refused = 0, retries = 0;
    signal(SIGTERM, end);
    /* Who attends looks once more after the signal, so that the last snapshot of all is among what it tells. */
    for (bool is_last = false; !is_last && (headlines.reads < wanted || snapshots.reads < wanted_snapshots);) {
        if (attends) {
            is_last = is_over;
            nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
            df_feed_state state = df_state(&feed);
            states[(unsigned)state & 15u]++;
            if (state == DF_FEED_STATE_SUPERSEDED) {
                retries += feed.retries;
                df_snapshot_free(&snapshot);
                df_close(&feed);
                opened++;
                /* The name is always that of a whole feed: it opens at the first attempt. */
                while (!df_open(&feed, argv[2], argv[3], NULL, access) || !df_snapshot_create(&snapshot, &feed)) {
                    if (++refused > 1000 || is_over) {
                        fprintf(stderr, "%s\n", feed.message);
                        return 1;
                    }
                }
                headlines.last = 0;
            }
        }
        int64_t begin = df_monotonic_nanos();
        df_snapshot_read_status status = df_read_headline(&feed, &headline);
        note(&headlines, status, df_monotonic_nanos() - begin, &headline.section, sizeof headline.section, &headline.runtime, false);
        /* Both kinds come to their end together. */
        if (!attends && (double)snapshots.reads * (double)wanted > (double)headlines.reads * (double)wanted_snapshots && headlines.reads < wanted) continue;
        begin = df_monotonic_nanos();
        status = df_read_snapshot(&feed, &snapshot);
        int64_t nanos = df_monotonic_nanos() - begin;
        if (status == DF_SNAPSHOT_READ_STATUS_OK) note(&snapshots, status, nanos, df_market(&snapshot), snapshot.market_bytes, df_runtime(&snapshot), true);
        else note(&snapshots, status, nanos, NULL, 0, NULL, true);
    }
    printf("{\"retries\":%llu,\"opened\":%llu,\"refused\":%llu,\"corruptStates\":%llu,", (unsigned long long)(retries + feed.retries),
        (unsigned long long)opened, (unsigned long long)refused, (unsigned long long)states[DF_FEED_STATE_CORRUPT]);
    print("headlines", &headlines, ",");
    print("snapshots", &snapshots, "}\n");
    df_snapshot_free(&snapshot);
    df_close(&feed);
    return 0;
}
