/* Prints the levels of a feed: levels [NAME [DIRECTORY [SYMBOL]]] */
#include "dealerflow_feed.h"

static void print_level(const char *what, const df_level_row *level)
{
    if (level->present) printf("%-11s %.10g\n", what, level->strike);
    else printf("%-11s none\n", what);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "default";
    df_feed feed;
    if (!df_open(&feed, argc > 2 && argv[2][0] != '\0' ? argv[2] : NULL, name, argc > 3 ? argv[3] : NULL, DF_MAPPED)) {
        fprintf(stderr, "levels: %s\n", feed.message);
        return 1;
    }
    df_snapshot snapshot;
    if (!df_snapshot_create(&snapshot, &feed)) {
        fprintf(stderr, "levels: no memory for a snapshot\n");
        df_close(&feed);
        return 1;
    }
    df_headline headline;
    df_snapshot_read_status status = df_read_snapshot(&feed, &snapshot);
    bool has_headline = df_read_headline(&feed, &headline) == DF_SNAPSHOT_READ_STATUS_OK;
    df_feed_state state = df_state(&feed);
    if (status == DF_SNAPSHOT_READ_STATUS_OK) {
        /* A headline, where the writer makes them, is newer in its totals and says the same of levels. */
        const df_market_section *market = df_market(&snapshot);
        bool newer = has_headline && headline.section.event_sequence > market->event_sequence;
        const df_bucket_section *all = newer ? &headline.section.buckets[DF_EXPOSURE_BUCKET_ALL] : &df_chosen_model(market)->buckets[DF_EXPOSURE_BUCKET_ALL];
        const df_runtime_section *runtime = newer ? &headline.runtime : df_runtime(&snapshot);
        char text[9];
        printf("%-11s %s\n", "feed", name);
        printf("%-11s %s\n", "state", df_feed_state_name(state));
        printf("%-11s %.3f s\n", "age", (double)(df_monotonic_nanos() - runtime->publish_monotonic_nanos) / 1e9);
        printf("%-11s %s\n", "underlying", df_text(text, market->underlying));
        printf("%-11s %.10g\n", "spot", newer ? headline.section.spot : market->spot);
        printf("%-11s %s\n", "regime", df_gamma_regime_name(all->regime));
        printf("%-11s %.0f USD per 1 %%\n", "net GEX", df_usd(all->net_gex));
        if (all->zero_gamma.status == DF_ZERO_GAMMA_STATUS_FOUND) printf("%-11s %.10g\n", "zero gamma", all->zero_gamma.value);
        else printf("%-11s none\n", "zero gamma");
        print_level("call wall", &all->levels[DF_STRIKE_LEVEL_CALL_WALL]);
        print_level("put wall", &all->levels[DF_STRIKE_LEVEL_PUT_WALL]);
    } else {
        fprintf(stderr, "levels: %s, and the feed is %s\n", df_snapshot_read_status_name(status), df_feed_state_name(state));
    }
    df_snapshot_free(&snapshot);
    df_close(&feed);
    return status == DF_SNAPSHOT_READ_STATUS_OK ? 0 : 1;
}
