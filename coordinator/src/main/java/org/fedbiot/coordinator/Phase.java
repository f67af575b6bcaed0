package org.fedbiot.coordinator;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.CompressionResult;
import org.fedbiot.schemas.event.ProgressSeen;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.UpdateAccepted;

/** Where a run stands. Each phase has the transitions that are legal in it and no others. */
public sealed interface Phase {

    /** The server task that the run waits for. */
    default Optional<String> taskId() {
        return Optional.empty();
    }

    /** Any run that is under way may end. */
    static Ended end(RunEnded ended) {
        return new Ended(ended);
    }

    /** The full model is cut; the run goes on when both the cut's result and adapter version 0 are in. */
    record Compressing(
            Optional<CompressionResult> cut,
            Optional<AlignmentResult> alignment,
            Optional<AdapterPublished> initial) implements Phase {

        static Compressing start() {
            return new Compressing(Optional.empty(), Optional.empty(), Optional.empty());
        }

        @Override
        public Optional<String> taskId() {
            return cut.isPresent() ? Optional.empty() : Optional.of(RunPlan.COMPRESS_TASK);
        }

        Compressing cut(CompressionResult result, AlignmentResult preAlignment) {
            return new Compressing(Optional.of(result), Optional.of(preAlignment), initial);
        }

        Compressing initial(AdapterPublished published) {
            return new Compressing(cut, alignment, Optional.of(published));
        }

        Optional<ModelVersions> versions() {
            return cut.flatMap(base -> initial.map(adapter ->
                    ModelVersions.initial(base, alignment.orElseThrow(), adapter)));
        }

        BetweenRounds ready() {
            return new BetweenRounds(0);
        }
    }

    /**
     * Nothing is under way: either the same decision goes on, or the next round lacks clients.
     *
     * @param completed rounds that are done
     */
    record BetweenRounds(int completed) implements Phase {

        Evaluating evaluate(ServerTaskAssigned task) {
            return new Evaluating(completed, task.getTaskId());
        }

        Aligning align(ServerTaskAssigned task) {
            return new Aligning(completed, task.getTaskId());
        }

        RoundOpen open(RoundOpened opened) {
            return RoundOpen.first(opened);
        }

        Exporting export(ServerTaskAssigned task) {
            return new Exporting(task.getTaskId());
        }
    }

    /** The owner's evaluation of the newest adapter is under way. */
    record Evaluating(int completed, String task) implements Phase {

        @Override
        public Optional<String> taskId() {
            return Optional.of(task);
        }

        BetweenRounds done() {
            return new BetweenRounds(completed);
        }
    }

    /** The emulator is re-aligned before the next round. */
    record Aligning(int completed, String task) implements Phase {

        @Override
        public Optional<String> taskId() {
            return Optional.of(task);
        }

        BetweenRounds done() {
            return new BetweenRounds(completed);
        }
    }

    /**
     * Clients train.
     *
     * @param opened the newest attempt
     * @param accepted updates that passed screening, of this attempt and earlier ones, by client
     * @param failed why a client that was called will bring none, by client: a ClientFailed or an UpdateRejected
     * @param progress newest sign of progress in this attempt, by client
     * @param deadlineMillis epoch time; later than the announced one where it was put off
     * @param expired whether the deadline has passed
     */
    record RoundOpen(
            RoundOpened opened,
            Index<UpdateAccepted> accepted,
            Index<SpecificRecord> failed,
            Index<ProgressSeen> progress,
            long deadlineMillis,
            boolean expired) implements Phase {

        static RoundOpen first(RoundOpened opened) {
            return new RoundOpen(opened, Index.empty(), Index.empty(), Index.empty(), opened.getDeadlineMillis(),
                    false);
        }

        public Set<String> called() {
            return opened.getCalled().stream().map(CalledClient::getClientId).collect(Collectors.toUnmodifiableSet());
        }

        /** Whether an update of this client would count: one that failed in an earlier attempt may yet bring it. */
        boolean expects(String clientId) {
            return !accepted.contains(clientId) && (failed.contains(clientId) || called().contains(clientId));
        }

        /** Training records that the accepted updates stand for. */
        long samples() {
            return accepted.values().stream().mapToLong(UpdateAccepted::getDatasetSamples).sum();
        }

        /** Called clients of whom nothing is known yet. */
        public List<String> awaited() {
            return called().stream()
                    .filter(client -> !accepted.contains(client) && !failed.contains(client))
                    .sorted().toList();
        }

        RoundOpen accept(UpdateAccepted update) {
            String client = update.getClientId();
            return new RoundOpen(opened, accepted.with(client, update), failed.without(client), progress,
                    deadlineMillis, expired);
        }

        RoundOpen fail(String clientId, SpecificRecord why) {
            return new RoundOpen(opened, accepted, failed.with(clientId, why), progress, deadlineMillis, expired);
        }

        RoundOpen moved(ProgressSeen sign) {
            return new RoundOpen(opened, accepted, failed, progress.with(sign.getClientId(), sign), deadlineMillis,
                    expired);
        }

        RoundOpen extend(long untilMillis) {
            return new RoundOpen(opened, accepted, failed, progress, untilMillis, expired);
        }

        RoundOpen expire() {
            return new RoundOpen(opened, accepted, failed, progress, deadlineMillis, true);
        }

        /** The same round once more: a client that failed is given another chance only where it is called again. */
        RoundOpen reopen(RoundOpened again) {
            Index<SpecificRecord> stillFailed = failed;
            for (CalledClient client : again.getCalled()) {
                stillFailed = stillFailed.without(client.getClientId());
            }
            return new RoundOpen(again, accepted, stillFailed, Index.empty(), again.getDeadlineMillis(), false);
        }

        Folding close(RoundClosed closed) {
            return new Folding(closed);
        }
    }

    /** The aggregator folds the counted updates onto the adapter. */
    record Folding(RoundClosed closed) implements Phase {

        BetweenRounds published() {
            return new BetweenRounds(closed.getRound());
        }
    }

    /** The product is written. */
    record Exporting(String task) implements Phase {

        @Override
        public Optional<String> taskId() {
            return Optional.of(task);
        }

        AwaitingScores done() {
            return new AwaitingScores();
        }
    }

    /** The product is there; clients may still be scoring. */
    record AwaitingScores() implements Phase {
    }

    /** Over, for better or worse. */
    record Ended(RunEnded ended) implements Phase {
    }
}
