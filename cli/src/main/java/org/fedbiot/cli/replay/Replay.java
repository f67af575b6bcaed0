package org.fedbiot.cli.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.worker.version.PayloadLog;

/**
 * A run's adapter versions folded again from its log: version 0 as it lies there, every other from the round's close
 * and the updates it names. Stops at the first that cannot be folded or comes out different, since all later ones stand
 * on it. One thread at a time.
 */
final class Replay {

    private final RunLog log;
    private final PayloadLog adapterShards;
    private final PayloadLog updateShards;
    private final Consumer<String> progress;
    private final List<Finding> findings = new ArrayList<>();
    private final List<ReplayedVersion> versions = new ArrayList<>();

    /**
     * @param adapterShards topic of adapter shards
     * @param updateShards topic of update shards
     * @param progress told of every version, for people
     */
    Replay(RunLog log, PayloadLog adapterShards, PayloadLog updateShards, Consumer<String> progress) {
        this.log = log;
        this.adapterShards = adapterShards;
        this.updateShards = updateShards;
        this.progress = progress;
    }

    /**
     * Replays.
     *
     * @param question what else is asked of the updates, once the run's spec is known
     * @return the caller closes it
     * @throws UserError if the log does not know the run, or the question cannot be answered
     * @throws InterruptedException if the thread is interrupted while it reads
     */
    ReplayResult run(Function<RunHistory, Optional<WhatIf>> question) throws InterruptedException {
        RunHistory history = DecisionFold.of(log.decisions(), findings::add).orElseThrow(this::unknown);
        Optional<WhatIf> whatIf = question.apply(history);
        AdapterShards published = new AdapterShards(log, adapterShards, findings::add);
        history.initial().ifPresent(published::check);
        history.rounds().forEach(round -> round.published().ifPresent(published::check));
        checkNothingBeyond(history);
        Optional<float[]> initial = initial(history, published);
        if (initial.isEmpty()) {
            return result(history, new float[0], Optional.empty());
        }
        RunSpec spec = history.spec();
        ShardPlan cut = new ShardPlan(initial.get().length, spec.getAggregation().getShardBytes());
        Optional<List<Optional<float[]>>> moments = new InheritedMoments(log, cut, findings::add)
                .read(history.rounds().stream().findFirst().map(round -> round.closed().event()));
        if (moments.isEmpty()) {
            return result(history, initial.get(), Optional.empty());
        }
        Lineage lineage = new Lineage(cut, initial.get(), moments.get());
        Optional<WhatIfAnswer> answer = whatIf.map(asked -> new WhatIfAnswer(asked,
                asked.aggregation().getServerOptimiser() == spec.getAggregation().getServerOptimiser()
                        ? new Lineage(cut, initial.get(), moments.get()) : new Lineage(cut, initial.get())));
        boolean complete = false;
        try {
            add(new ReplayedVersion(0, 0, 0, history.initial().orElseThrow().getSha256(), lineage.sha256()));
            fold(history, lineage, answer);
            complete = true;
        } finally {
            if (!complete) {
                answer.ifPresent(WhatIfAnswer::close);
            }
        }
        return result(history, lineage.values(), answer);
    }

    private UserError unknown() {
        String gone = log.trimmed().isEmpty() ? "" : "; what was there may be gone: " + trimmedText();
        return log.decisions().isEmpty()
                ? new UserError("run " + log.runId() + " is not in the log, which has " + log.runs() + gone)
                : new UserError("run " + log.runId() + ": its acceptance is not in the log: the first of its "
                        + log.decisions().size() + " decisions is at " + log.decisions().get(0).place() + gone);
    }

    private Optional<float[]> initial(RunHistory history, AdapterShards published) throws InterruptedException {
        if (history.initial().isEmpty()) {
            if (history.ended().isEmpty() && findings.isEmpty()) {
                throw new UserError("run " + log.runId() + " has no adapter version yet: it is under way");
            }
            findings.add(Finding.hole(0, "the coordinator recorded no adapter version 0"));
            return Optional.empty();
        }
        AdapterPublished recorded = history.initial().get();
        Optional<float[]> values = published.read(recorded);
        if (values.isEmpty()) {
            versions.add(new ReplayedVersion(0, 0, 0, recorded.getSha256(), null));
        }
        return values;
    }

    private void fold(RunHistory history, Lineage lineage, Optional<WhatIfAnswer> answer)
            throws InterruptedException {
        UpdateGathering gathering = new UpdateGathering(log, updateShards, findings::add);
        for (RoundHistory round : history.rounds()) {
            if (!versions.get(versions.size() - 1).isEqual() || round.published().isEmpty()) {
                return;
            }
            int before = findings.size();
            Optional<ClosedRound> closed = checkedClose(round);
            Optional<RoundUpdates> gathered = closed.isEmpty() ? Optional.empty()
                    : gathering.gather(round, closed.get());
            String then = round.published().get().getSha256();
            if (gathered.isEmpty()) {
                add(row(round, then, null));
                return;
            }
            try (RoundUpdates updates = gathered.get()) {
                lineage.fold(closed.get(), updates);
                add(row(round, then, lineage.sha256()));
                if (!then.equals(lineage.sha256())) {
                    explain(round, lineage);
                    return;
                }
                if (findings.size() == before && answer.isPresent()) {
                    answer.get().fold(round, updates);
                }
            }
        }
    }

    private static ReplayedVersion row(RoundHistory round, String then, String now) {
        RoundClosed close = round.closed().event();
        return new ReplayedVersion(close.getNewAdapterVersion(), round.number(), close.getCounted().size(), then, now);
    }

    private void add(ReplayedVersion row) {
        versions.add(row);
        progress.accept("version " + row.version() + ": " + (row.now() == null ? "not folded"
                : row.isEqual() ? "equal" : "differs"));
    }

    /** The close as the kernel takes it, if it stands on the version before. */
    private Optional<ClosedRound> checkedClose(RoundHistory round) {
        RoundOpened opened = round.opened();
        ReplayedVersion base = versions.get(versions.size() - 1);
        if (opened.getAdapterVersion() != base.version() || !opened.getAdapterSha256().equals(base.then())) {
            findings.add(Finding.brokenRule(round.number(), "the round starts from adapter version "
                    + opened.getAdapterVersion() + " with sha256 " + opened.getAdapterSha256() + ", the newest was "
                    + base.version() + " with " + base.then()));
            return Optional.empty();
        }
        try {
            return Optional.of(ClosedRound.of(round.closed().event()));
        } catch (IllegalArgumentException e) {
            findings.add(Finding.brokenRule(round.number(), round.closed().place()
                    + ": this close cannot be folded: " + e.getMessage()));
            return Optional.empty();
        }
    }

    private void explain(RoundHistory round, Lineage lineage) {
        AdapterPublished recorded = round.published().orElseThrow();
        List<String> now = lineage.shardHashes();
        List<Integer> shards = new ArrayList<>();
        for (int shard = 0; shard < now.size(); shard++) {
            if (shard >= recorded.getShards().size()
                    || !recorded.getShards().get(shard).getSha256().equals(now.get(shard))) {
                shards.add(shard);
            }
        }
        findings.add(Finding.otherBytes(round.number(), "adapter version "
                + recorded.getVersion() + " is recorded with other bytes than its close and its updates give,"
                + " in shards " + shards + " of " + now.size()));
    }

    /** A run under way may have written a version that is not recorded yet; one that ended may not. */
    private void checkNothingBeyond(RunHistory history) {
        int last = history.rounds().isEmpty() ? 0
                : history.rounds().get(history.rounds().size() - 1).closed().event().getNewAdapterVersion();
        log.highestVersion().filter(highest -> history.ended().isPresent() && highest > last).ifPresent(highest ->
                findings.add(Finding.hole(0, "there are shards or a manifest of adapter version " + highest
                        + ", the last round that was closed gives version " + last)));
    }

    private ReplayResult result(RunHistory history, float[] values, Optional<WhatIfAnswer> answer) {
        if (findings.stream().anyMatch(finding -> finding.kind() == Finding.Kind.HOLE) && !log.trimmed().isEmpty()) {
            findings.add(Finding.hole(0, "the beginning of the log is gone: " + trimmedText()));
        }
        return new ReplayResult(history, versions, findings, values, answer);
    }

    private String trimmedText() {
        return log.trimmed().stream().map(start -> "topic " + start.topic() + ", partition " + start.partition()
                + " begins at offset " + start.offset()).sorted().reduce((a, b) -> a + "; " + b).orElse("");
    }
}
