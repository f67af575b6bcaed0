package org.fedbiot.coordinator;

import java.util.Optional;
import org.fedbiot.schemas.event.ForkPoint;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerOptimiser;

/**
 * Runs that start from another run's versions. A fork counts its rounds and versions from its own start, and derives
 * its seeds as if it had never left its origin: one whose settings are unchanged repeats the origin's bytes.
 */
public final class ForkRules {

    private ForkRules() {
    }

    /**
     * Where a fork of this run would start.
     *
     * @param round of the origin; one more than its rounds for the end of a completed run
     * @return empty if the origin never opened that round
     */
    public static Optional<ForkPoint> at(Run origin, int round) {
        boolean end = round == origin.spec().getFederation().getRounds() + 1 && origin.in(Phase.Ended.class)
                .filter(phase -> phase.ended().getOutcome() == RunOutcome.COMPLETED).isPresent();
        Optional<RoundStart> start = end
                ? origin.versions().map(last -> new RoundStart(round, last, origin.optimiserState()))
                : origin.history().start(round);
        return start.map(from -> point(origin.spec(), from, !end));
    }

    private static ForkPoint point(RunSpec origin, RoundStart start, boolean aligned) {
        ModelVersions versions = start.versions();
        int emulatorOffset = origin.getFork() == null ? 0 : origin.getFork().getEmulatorOffset();
        return ForkPoint.newBuilder()
                .setRound(start.round())
                .setBaseSha256(versions.baseSha256())
                .setAdapterVersion(versions.adapterVersion()).setAdapterSha256(versions.adapterSha256())
                .setEmulatorVersion(versions.emulatorVersion()).setEmulatorSha256(versions.emulatorSha256())
                .setOptimiserState(start.optimiserState())
                .setAligned(aligned)
                .setServerOptimiser(keepsMoments(origin, versions) ? origin.getAggregation().getServerOptimiser()
                        : ServerOptimiser.NONE)
                .setRoundOffset(roundOffset(origin) + start.round() - 1)
                .setEmulatorOffset(emulatorOffset + versions.emulatorVersion())
                .build();
    }

    /** From its first fold on; before that a fork may have brought some. */
    private static boolean keepsMoments(RunSpec origin, ModelVersions versions) {
        return versions.adapterVersion() > 0 || inheritsMoments(origin);
    }

    /** Whether the server optimiser goes on from moments of the origin's, which are of use to the same one alone. */
    static boolean inheritsMoments(RunSpec spec) {
        return spec.getFork() != null && spec.getFork().getServerOptimiser() != ServerOptimiser.NONE
                && spec.getFork().getServerOptimiser() == spec.getAggregation().getServerOptimiser();
    }

    /** What a round is counted on from, wherever its number decides something. */
    static int roundOffset(RunSpec spec) {
        return spec.getFork() == null ? 0 : spec.getFork().getRoundOffset();
    }

    /** Why a fork is refused, beginning with the spec's key; empty for one that can start, and for any other run. */
    static Optional<String> refusal(RunSpec spec, CoordinatorState state) {
        ForkPoint fork = spec.getFork();
        if (fork == null) {
            return Optional.empty();
        }
        Optional<Run> known = Optional.ofNullable(spec.getOriginRunId()).flatMap(state::run);
        if (known.isEmpty()) {
            return Optional.of("originRunId: the log knows no run " + spec.getOriginRunId()
                    + " to fork; restore its archive first");
        }
        Run origin = known.get();
        if (origin.history().deleted().isPresent()) {
            return Optional.of("originRunId: " + origin.id() + " was deleted; restore the archive with sha256 "
                    + origin.history().deleted().get().getArchiveSha256() + " into another cluster and fork it there");
        }
        Optional<ForkPoint> expected = at(origin, fork.getRound());
        if (expected.isEmpty()) {
            return Optional.of("fork.round: " + origin.id() + " never opened round " + fork.getRound()
                    + "; it opened " + origin.history().starts().stream().map(RoundStart::round).distinct().toList());
        }
        return new Problems()
                .unless(expected.get().equals(fork), "fork", "by the log round " + fork.getRound() + " of "
                        + origin.id() + " stands on " + expected.get() + ", not on " + fork)
                .unless(withoutPlace(spec).equals(withoutPlace(origin.spec())), "model", unchanged(origin))
                .unless(spec.getSplit().equals(origin.spec().getSplit()), "split", unchanged(origin))
                .unless(spec.getLora().equals(origin.spec().getLora()), "lora", unchanged(origin))
                .unless(spec.getAggregation().getShardBytes() == origin.spec().getAggregation().getShardBytes(),
                        "aggregation.shardBytes", unchanged(origin))
                .first();
    }

    /** A model may lie elsewhere now; its hash says that it is the same. */
    private static ModelSpec withoutPlace(RunSpec spec) {
        return ModelSpec.newBuilder(spec.getModel()).setName("").setLocation("").build();
    }

    private static String unchanged(Run origin) {
        return "is not that of " + origin.id() + ", on which the fork stands";
    }

    /** Why what a fork was started with is not what it forks; empty if it is, and for any other run. */
    static Optional<String> mismatch(Run run) {
        ForkPoint fork = run.spec().getFork();
        ModelVersions versions = run.versions().orElseThrow();
        boolean same = fork == null || versions.baseSha256().equals(fork.getBaseSha256())
                && versions.adapterSha256().equals(fork.getAdapterSha256())
                && versions.emulatorSha256().equals(fork.getEmulatorSha256());
        return same ? Optional.empty() : Optional.of("the fork of " + run.spec().getOriginRunId() + " at round "
                + fork.getRound() + " was started with " + versions + ", not with " + fork);
    }
}
