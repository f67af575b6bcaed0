package org.fedbiot.coordinator;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.AlignmentSettings;
import org.fedbiot.schemas.event.Checkpoint;
import org.fedbiot.schemas.event.EvaluationSettings;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerOptimiser;
import org.fedbiot.schemas.event.TrainingSettings;
import org.fedbiot.schemas.topic.Topics;

/** Whether a run can be carried out as it is submitted. */
public final class SpecCheck {

    private static final Set<String> TARGETS = Set.of("q", "k", "v", "o", "gate", "up", "down");

    /** A deadline beyond a year is a mistake of units, and sums of such could overflow. */
    private static final long MAX_DEADLINE_MILLIS = 366L * 24 * 60 * 60 * 1000;

    /** Dropped at each end: with half or more, nothing would be left. */
    private static final double MAX_TRIM_SHARE = 0.5;

    private SpecCheck() {
    }

    /** Why the run is refused, beginning with the spec's key; empty if nothing is wrong with it. */
    static Optional<String> refusal(RunSpec spec, CoordinatorState state) {
        Problems problems = settings(spec);
        for (String client : spec.getFederation().getClients()) {
            problems.unless(state.keys().contains(client), "federation.clients",
                    client + " has no registered key; register it first");
        }
        return problems.first();
    }

    /**
     * Why the run would be refused whatever the log holds: registered keys, and what earlier runs exposed, are not
     * looked at. Begins with the spec's key; empty if it depends on the log.
     */
    public static Optional<String> refusal(RunSpec spec) {
        return settings(spec).first().or(() -> Exposure.of(spec, List.of()).refusal(spec, List.of()));
    }

    private static Problems settings(RunSpec spec) {
        Problems problems = new Problems();
        problems.unless(Ids.isId(spec.getRunId()), "runId", "'" + spec.getRunId() + "' is not of the form " + Ids.RULE);
        SplitCheck.check(problems, spec.getModel(), spec.getSplit());
        lora(problems, spec.getLora());
        alignment(problems, spec.getAlignment());
        training(problems, spec.getTraining());
        aggregation(problems, spec.getAggregation());
        federation(problems, spec.getFederation());
        problems.atLeast("text.maxTokens", spec.getText().getMaxTokens(), 2)
                .unless(!aligns(spec.getAlignment()) || !spec.getServerData().getPublicLocation().isBlank(),
                        "serverData.publicLocation", "is empty, and alignment needs public text")
                .present("serverData.evaluationLocation", spec.getServerData().getEvaluationLocation());
        evaluation(problems, spec.getEvaluation());
        LinkCheck.check(problems, spec);
        double maxShare = spec.getExposure().getMaxShare();
        problems.atLeast("resources.serverThreads", spec.getResources().getServerThreads(), 1)
                .atLeast("resources.clientThreads", spec.getResources().getClientThreads(), 1)
                .unless(maxShare > 0 && maxShare <= 1, "exposure.maxShare", maxShare + " is not above 0 and up to 1");
        return problems;
    }

    /** Why no run could be folded by these settings, beginning with the key; empty if one could. */
    public static Optional<String> refusal(AggregationSettings aggregation) {
        Problems problems = new Problems();
        aggregation(problems, aggregation);
        return problems.first();
    }

    private static boolean aligns(AlignmentSettings alignment) {
        return alignment.getPreSteps() > 0 || alignment.getSteps() > 0;
    }

    private static void lora(Problems problems, LoraSettings lora) {
        List<String> targets = lora.getTargets();
        problems.atLeast("lora.rank", lora.getRank(), 1)
                .positive("lora.alpha", lora.getAlpha())
                .fraction("lora.dropout", lora.getDropout())
                .unless(!targets.isEmpty() && TARGETS.containsAll(targets) && isDistinct(targets), "lora.targets",
                        targets + " is not a choice of q k v o gate up down, each once");
    }

    private static void alignment(Problems problems, AlignmentSettings alignment) {
        problems.atLeast("alignment.preSteps", alignment.getPreSteps(), 0)
                .atLeast("alignment.steps", alignment.getSteps(), 0)
                .atLeast("alignment.everyRounds", alignment.getEveryRounds(), 1)
                .atLeast("alignment.batchSize", alignment.getBatchSize(), 1)
                .atLeast("alignment.microBatchTokens", alignment.getMicroBatchTokens(), 1)
                .positive("alignment.learningRate", alignment.getLearningRate())
                .fraction("alignment.beta1", alignment.getBeta1())
                .fraction("alignment.beta2", alignment.getBeta2())
                .notNegative("alignment.weightDecay", alignment.getWeightDecay())
                .atLeast("alignment.warmupSteps", alignment.getWarmupSteps(), 0)
                .notNegative("alignment.klWeight", alignment.getKlWeight())
                .positive("alignment.temperature", alignment.getTemperature())
                .atLeast("alignment.heldOutRecords", alignment.getHeldOutRecords(), 1);
    }

    private static void training(Problems problems, TrainingSettings training) {
        problems.atLeast("training.steps", training.getSteps(), 1)
                .atLeast("training.batchSize", training.getBatchSize(), 1)
                .atLeast("training.microBatchTokens", training.getMicroBatchTokens(), 1)
                .positive("training.learningRate", training.getLearningRate())
                .fraction("training.beta1", training.getBeta1())
                .fraction("training.beta2", training.getBeta2())
                .notNegative("training.weightDecay", training.getWeightDecay())
                .notNegative("training.proximalWeight", training.getProximalWeight());
    }

    private static void aggregation(Problems problems, AggregationSettings aggregation) {
        int shardBytes = aggregation.getShardBytes();
        double trimShare = aggregation.getTrimShare();
        double learningRate = aggregation.getServerLearningRate();
        problems.unless(shardBytes >= Float.BYTES && shardBytes <= Topics.MAX_CHUNK_BYTES
                        && shardBytes % Float.BYTES == 0, "aggregation.shardBytes",
                shardBytes + " is not a multiple of 4 from 4 to " + Topics.MAX_CHUNK_BYTES)
                .notNegative("aggregation.maxUpdateNorm", aggregation.getMaxUpdateNorm())
                .unless(trimShare >= 0 && trimShare < MAX_TRIM_SHARE, "aggregation.trimShare",
                        trimShare + " is not from 0 to below " + MAX_TRIM_SHARE + ", which leaves one update or more")
                .positive("aggregation.serverLearningRate", learningRate)
                .unless(aggregation.getServerOptimiser() != ServerOptimiser.NONE || learningRate == 1,
                        "aggregation.serverLearningRate", learningRate + " has no effect without a server optimiser;"
                                + " MOMENTUM with serverBeta1 0 only scales")
                .fraction("aggregation.serverBeta1", aggregation.getServerBeta1())
                .fraction("aggregation.serverBeta2", aggregation.getServerBeta2())
                .positive("aggregation.serverEpsilon", aggregation.getServerEpsilon());
    }

    private static void federation(Problems problems, FederationSettings federation) {
        List<String> clients = federation.getClients();
        int perRound = federation.getClientsPerRound();
        int called = perRound == 0 ? clients.size() : perRound;
        problems.atLeast("federation.rounds", federation.getRounds(), 1)
                .unless(!clients.isEmpty(), "federation.clients", "is empty")
                .unless(isDistinct(clients), "federation.clients", clients + " names a client twice");
        for (String client : clients) {
            problems.unless(Ids.isId(client), "federation.clients", "'" + client + "' is not of the form " + Ids.RULE);
        }
        problems.unless(perRound >= 0 && perRound <= clients.size(), "federation.clientsPerRound",
                        perRound + " is not from 0 (all) to the " + clients.size() + " clients")
                .unless(federation.getQuorum() >= 1 && federation.getQuorum() <= called, "federation.quorum",
                        federation.getQuorum() + " is not from 1 to the " + called + " clients called in a round")
                .unless(federation.getDeadlineMillis() >= 1 && federation.getDeadlineMillis() <= MAX_DEADLINE_MILLIS,
                        "federation.deadlineMillis", federation.getDeadlineMillis() + " is not from 1 to "
                                + MAX_DEADLINE_MILLIS)
                .atLeast("federation.minimumSamples", federation.getMinimumSamples(), 0)
                .atLeast("federation.maxReopenings", federation.getMaxReopenings(), 0)
                .unless(federation.getStallMillis() >= 0 && federation.getStallMillis() <= MAX_DEADLINE_MILLIS,
                        "federation.stallMillis", federation.getStallMillis() + " is not from 0 to "
                                + MAX_DEADLINE_MILLIS);
    }

    private static void evaluation(Problems problems, EvaluationSettings evaluation) {
        int generated = evaluation.getExactMatchRecords();
        double topP = evaluation.getDecodingTopP();
        problems.atLeast("evaluation.records", evaluation.getRecords(), 0)
                .atLeast("evaluation.exactMatchRecords", generated, 0)
                .unless(evaluation.getRecords() == 0 || generated <= evaluation.getRecords(),
                        "evaluation.exactMatchRecords",
                        generated + " are more than the " + evaluation.getRecords() + " of evaluation.records")
                .atLeast("evaluation.maxNewTokens", evaluation.getMaxNewTokens(), generated == 0 ? 0 : 1)
                .atLeast("evaluation.everyRounds", evaluation.getEveryRounds(), 0)
                .atLeast("evaluation.batchTokens", evaluation.getBatchTokens(), 1)
                .unless(evaluation.getCheckpoint() != Checkpoint.BEST || evaluation.getEveryRounds() >= 1,
                        "evaluation.everyRounds",
                        "checkpoint BEST chooses among evaluated rounds; set it to at least 1")
                .positive("evaluation.decodingTemperature", evaluation.getDecodingTemperature())
                .unless(topP > 0 && topP <= 1, "evaluation.decodingTopP", topP + " is not above 0 and up to 1");
    }

    private static boolean isDistinct(List<String> texts) {
        return new HashSet<>(texts).size() == texts.size();
    }
}
