package org.fedbiot.coordinator;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.EvaluationOpened;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.OptimiserState;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.TaskKind;

/**
 * The steps of a run, each followed by the next: compress, then per round align, train, fold, evaluate, and at the
 * end the clients' scores beside the export.
 */
final class Flow {

    private static final int FIRST_ATTEMPT = 1;

    private Flow() {
    }

    static Decisions compress(Decisions decisions, String runId) {
        return decisions.decide(task(decisions.run(runId), TaskKind.COMPRESS, RunPlan.COMPRESS_TASK, 0).build());
    }

    /** A new adapter version is in, or the cut that version 0 belongs to. */
    static Decisions afterAdapter(Decisions decisions, String runId) {
        Run run = decisions.run(runId);
        Optional<Phase.BetweenRounds> between = run.in(Phase.BetweenRounds.class);
        if (between.isEmpty()) {
            return decisions;
        }
        Optional<String> mismatch = ForkRules.mismatch(run);
        if (between.get().completed() == 0 && mismatch.isPresent()) {
            return fail(decisions, runId, mismatch.get());
        }
        int completed = between.get().completed();
        if (!new RunPlan(run.spec()).evaluatesAfter(completed)) {
            return afterEvaluation(decisions, runId);
        }
        ModelVersions versions = run.versions().orElseThrow();
        return decisions.decide(task(run, TaskKind.EVALUATE, RunPlan.evaluateTask(versions.adapterVersion()),
                completed, versions).build());
    }

    static Decisions afterEvaluation(Decisions decisions, String runId) {
        Run run = decisions.run(runId);
        RunPlan plan = new RunPlan(run.spec());
        int completed = run.in(Phase.BetweenRounds.class).orElseThrow().completed();
        if (plan.isLast(completed)) {
            return conclude(decisions, run, plan.product(run.evaluated()));
        }
        if (!plan.alignsBefore(completed + 1)) {
            return openRound(decisions, runId);
        }
        ModelVersions versions = run.versions().orElseThrow();
        boolean kept = run.spec().getAlignment().getOptimiserState() == OptimiserState.KEPT;
        return decisions.decide(task(run, TaskKind.ALIGN, RunPlan.alignTask(versions.emulatorVersion() + 1),
                completed + 1, versions)
                .setOptimiserState(kept ? run.optimiserState() : List.of())
                .build());
    }

    /** Opens the next round if enough of the run's clients are there; else the next one to join opens it. */
    static Decisions openRound(Decisions decisions, String runId) {
        Run run = decisions.run(runId);
        RunSpec spec = run.spec();
        FederationSettings federation = spec.getFederation();
        List<String> there = federation.getClients().stream()
                .filter(decisions.state().present()::contains)
                .toList();
        if (there.size() < federation.getQuorum()) {
            return decisions;
        }
        int round = run.in(Phase.BetweenRounds.class).orElseThrow().completed() + 1;
        return openRound(decisions, run, round, FIRST_ATTEMPT,
                ClientSample.of(spec.getSeed(), round + ForkRules.roundOffset(spec), FIRST_ATTEMPT, there,
                        federation.getClientsPerRound()));
    }

    /** Announces a round, or the same one again: every attempt stands on the same versions. */
    static Decisions openRound(Decisions decisions, Run run, int round, int attempt, Collection<String> clients) {
        RunSpec spec = run.spec();
        FederationSettings federation = spec.getFederation();
        List<CalledClient> called = clients.stream()
                .map(client -> called(decisions.state().keys().get(client).orElseThrow()))
                .toList();
        ModelVersions versions = run.versions().orElseThrow();
        return decisions.decide(RoundOpened.newBuilder()
                .setRunId(run.id())
                .setRound(round)
                .setAttempt(attempt)
                .setBaseSha256(versions.baseSha256())
                .setAdapterVersion(versions.adapterVersion())
                .setAdapterSha256(versions.adapterSha256())
                .setEmulatorVersion(versions.emulatorVersion())
                .setEmulatorSha256(versions.emulatorSha256())
                .setAdapterElements(versions.adapterElements())
                .setAdapterShards(versions.adapterShards())
                .setCalled(called)
                .setQuorum(federation.getQuorum())
                .setDeadlineMillis(decisions.deadlineIn(federation.getDeadlineMillis()))
                .setSeed(spec.getSeed())
                .setLora(spec.getLora())
                .setTraining(spec.getTraining())
                .setAggregation(spec.getAggregation())
                .setText(spec.getText())
                .setClientThreads(spec.getResources().getClientThreads())
                .setRoundOffset(ForkRules.roundOffset(spec))
                .setLostContact(LostContact.of(spec, round, attempt, clients))
                .setInheritsMoments(versions.adapterVersion() == 0 && ForkRules.inheritsMoments(spec))
                .build());
    }

    /**
     * The clients score the product on their own text while it is exported. The run ends when the export is done and
     * every asked client has scored, said that it cannot, or left; at the latest at the evaluation's deadline.
     */
    private static Decisions conclude(Decisions decisions, Run run, ModelVersions product) {
        RunSpec spec = run.spec();
        return decisions.decide(EvaluationOpened.newBuilder()
                        .setRunId(run.id())
                        .setBaseSha256(product.baseSha256())
                        .setAdapterVersion(product.adapterVersion())
                        .setAdapterSha256(product.adapterSha256())
                        .setEmulatorVersion(product.emulatorVersion())
                        .setEmulatorSha256(product.emulatorSha256())
                        .setClients(run.lastCalled())
                        .setLora(spec.getLora())
                        .setText(spec.getText())
                        .setBatchTokens(spec.getEvaluation().getBatchTokens())
                        .setClientThreads(spec.getResources().getClientThreads())
                        .setDeadlineMillis(decisions.deadlineIn(spec.getFederation().getDeadlineMillis()))
                        .build())
                .decide(task(run, TaskKind.EXPORT, RunPlan.exportTask(product.adapterVersion()),
                        spec.getFederation().getRounds(), product).build());
    }

    static Decisions endWhenScored(Decisions decisions, String runId) {
        Run run = decisions.run(runId);
        boolean done = run.in(Phase.AwaitingScores.class).isPresent()
                && run.scoring().orElseThrow().awaited(decisions.state().present().ids()).isEmpty();
        return done ? end(decisions, runId, RunOutcome.COMPLETED, "") : decisions;
    }

    static Decisions fail(Decisions decisions, String runId, String reason) {
        return end(decisions, runId, RunOutcome.FAILED, reason);
    }

    static Decisions end(Decisions decisions, String runId, RunOutcome outcome, String reason) {
        Run run = decisions.run(runId);
        RunEnded.Builder ended = RunEnded.newBuilder().setRunId(runId).setOutcome(outcome).setReason(reason);
        if (outcome == RunOutcome.COMPLETED) {
            EvaluationOpened product = run.scoring().orElseThrow().opened();
            ended.setAdapterVersion(product.getAdapterVersion()).setAdapterSha256(product.getAdapterSha256());
        } else {
            run.versions().ifPresent(newest -> ended
                    .setAdapterVersion(newest.adapterVersion()).setAdapterSha256(newest.adapterSha256()));
        }
        return decisions.decide(ended.build());
    }

    private static CalledClient called(ClientKeyRegistered key) {
        return new CalledClient(key.getClientId(), key.getKeyId(), key.getPublicKey());
    }

    private static ServerTaskAssigned.Builder task(Run run, TaskKind kind, String taskId, int round) {
        return ServerTaskAssigned.newBuilder()
                .setRunId(run.id()).setTaskId(taskId).setKind(kind).setRound(round).setSpec(run.spec());
    }

    private static ServerTaskAssigned.Builder task(Run run, TaskKind kind, String taskId, int round,
            ModelVersions versions) {
        return task(run, kind, taskId, round)
                .setAdapterVersion(versions.adapterVersion()).setAdapterSha256(versions.adapterSha256())
                .setEmulatorVersion(versions.emulatorVersion()).setEmulatorSha256(versions.emulatorSha256());
    }
}
