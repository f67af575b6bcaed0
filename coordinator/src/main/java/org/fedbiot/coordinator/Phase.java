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
            return new RoundOpen(opened, Index.empty(), Index.empty(), false);
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
     * @param accepted updates that passed screening, by client
     * @param failed why a called client will bring none, by client: a ClientFailed or an UpdateRejected
     * @param expired whether the deadline has passed
     */
    record RoundOpen(
            RoundOpened opened,
            Index<UpdateAccepted> accepted,
            Index<SpecificRecord> failed,
            boolean expired) implements Phase {

        public Set<String> called() {
            return opened.getCalled().stream().map(CalledClient::getClientId).collect(Collectors.toUnmodifiableSet());
        }

        /** Called clients of whom nothing is known yet. */
        public List<String> awaited() {
            return called().stream()
                    .filter(client -> !accepted.contains(client) && !failed.contains(client))
                    .sorted().toList();
        }

        RoundOpen accept(UpdateAccepted update) {
            String client = update.getClientId();
            return new RoundOpen(opened, accepted.with(client, update), failed.without(client), expired);
        }

        RoundOpen fail(String clientId, SpecificRecord why) {
            return new RoundOpen(opened, accepted, failed.with(clientId, why), expired);
        }

        RoundOpen expire() {
            return new RoundOpen(opened, accepted, failed, true);
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
