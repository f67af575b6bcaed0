package org.fedbiot.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.UpdateAccepted;

/**
 * What the log says of one run, collected event by event. A fold: the same events give the same record, live or long
 * after. Not thread-safe.
 */
public final class RunRecord {

    /** One event as it stood in the log. */
    public record Entry(String topic, int partition, long offset, long timestampMillis, SpecificRecord event) {
    }

    private final String runId;
    private final List<Entry> entries = new ArrayList<>();
    private final TreeMap<Integer, RoundRecord> rounds = new TreeMap<>();
    private final List<ServerTaskCompleted> tasks = new ArrayList<>();
    private RunAccepted accepted;
    private RunEnded ended;
    private RunRefused refused;
    private long firstMillis = Long.MAX_VALUE;
    private long lastMillis = Long.MIN_VALUE;

    public RunRecord(String runId) {
        this.runId = runId;
    }

    /** Takes an event of this run; events of other runs are passed over. */
    public void add(Entry entry) {
        if (!runId.equals(RunIds.of(entry.event()))) {
            return;
        }
        entries.add(entry);
        firstMillis = Math.min(firstMillis, entry.timestampMillis());
        lastMillis = Math.max(lastMillis, entry.timestampMillis());
        SpecificRecord event = entry.event();
        if (event instanceof RunAccepted run) {
            accepted = run;
        } else if (event instanceof RunRefused run) {
            refused = run;
        } else if (event instanceof RunEnded run) {
            ended = run;
        } else if (event instanceof RoundOpened opened) {
            round(opened.getRound()).opened(entry.timestampMillis());
        } else if (event instanceof UpdateAccepted update) {
            round(update.getRound()).accepted(update);
        } else if (event instanceof ClientReported report) {
            round(report.getRound()).reported(report);
        } else if (event instanceof AdapterPublished adapter && adapter.getRound() > 0) {
            round(adapter.getRound()).published(adapter, entry.timestampMillis());
        } else if (event instanceof ServerTaskCompleted task) {
            tasks.add(task);
        }
    }

    private RoundRecord round(int number) {
        return rounds.computeIfAbsent(number, RoundRecord::new);
    }

    public String runId() {
        return runId;
    }

    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    public List<RoundRecord> rounds() {
        return List.copyOf(rounds.values());
    }

    /** Finished server tasks, in order. */
    public List<ServerTaskCompleted> tasks() {
        return List.copyOf(tasks);
    }

    public Optional<RunAccepted> accepted() {
        return Optional.ofNullable(accepted);
    }

    public Optional<RunRefused> refused() {
        return Optional.ofNullable(refused);
    }

    public Optional<RunEnded> ended() {
        return Optional.ofNullable(ended);
    }

    /** From the run's first event to its last, by the log's own times. */
    public double seconds() {
        return entries.isEmpty() ? 0 : (lastMillis - firstMillis) / 1000.0;
    }
}
