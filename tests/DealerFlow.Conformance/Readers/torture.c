/* Reads a feed as fast as it can and checks every word: torture mapped|unmapped DIRECTORY NAME HEADLINES SNAPSHOTS
 *
 * Every word of a section is the publish number plus the word's place; see FeedTorture.cs. Prints one JSON document.
 */
#include "dealerflow_feed.h"

enum { LONGEST_NANOS = 1 << 17 };

typedef struct tally {
    uint64_t reads;
    uint64_t torn;
    uint64_t fallen;
    uint64_t corrupt;
    uint64_t busy;
    uint64_t last;
    uint64_t nanos[LONGEST_NANOS + 1];
} tally;

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
    printf("\"%s\":{\"reads\":%llu,\"torn\":%llu,\"fallen\":%llu,\"corrupt\":%llu,\"busy\":%llu,\"p50\":%d,\"p99\":%d}%s", what, (unsigned long long)told->reads,
        (unsigned long long)told->torn, (unsigned long long)told->fallen, (unsigned long long)told->corrupt, (unsigned long long)told->busy, percentile(told, 0.5),
        percentile(told, 0.99), end);
}

int main(int argc, char **argv)
{
    static df_feed feed;
    static tally headlines, snapshots;
    df_headline headline;
    df_snapshot snapshot;
    if (argc < 6 || !df_open(&feed, argv[2], argv[3], NULL, strcmp(argv[1], "mapped") == 0 ? DF_MAPPED : DF_UNMAPPED) || !df_snapshot_create(&snapshot, &feed)) {
        fprintf(stderr, "%s\n", feed.message);
        return 1;
    }
    uint64_t wanted = strtoull(argv[4], NULL, 10), wanted_snapshots = strtoull(argv[5], NULL, 10);
    while (headlines.reads < wanted || snapshots.reads < wanted_snapshots) {
        int64_t begin = df_monotonic_nanos();
        df_snapshot_read_status status = df_read_headline(&feed, &headline);
        note(&headlines, status, df_monotonic_nanos() - begin, &headline.section, sizeof headline.section, &headline.runtime, false);
        /* Both kinds come to their end together. */
        if ((double)snapshots.reads * (double)wanted > (double)headlines.reads * (double)wanted_snapshots && headlines.reads < wanted) continue;
        begin = df_monotonic_nanos();
        status = df_read_snapshot(&feed, &snapshot);
        int64_t nanos = df_monotonic_nanos() - begin;
        if (status == DF_SNAPSHOT_READ_STATUS_OK) note(&snapshots, status, nanos, df_market(&snapshot), snapshot.market_bytes, df_runtime(&snapshot), true);
        else note(&snapshots, status, nanos, NULL, 0, NULL, true);
    }
    printf("{\"retries\":%llu,", (unsigned long long)feed.retries);
    print("headlines", &headlines, ",");
    print("snapshots", &snapshots, "}\n");
    df_snapshot_free(&snapshot);
    df_close(&feed);
    return 0;
}
