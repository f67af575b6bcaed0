package org.fedbiot.coordinator;

import static org.fedbiot.coordinator.Inputs.accepted;
import static org.fedbiot.coordinator.Inputs.adapter;
import static org.fedbiot.coordinator.Inputs.aligned;
import static org.fedbiot.coordinator.Inputs.compressed;
import static org.fedbiot.coordinator.Inputs.evaluated;
import static org.fedbiot.coordinator.Inputs.exported;
import static org.fedbiot.coordinator.Inputs.joined;
import static org.fedbiot.coordinator.Inputs.key;
import static org.fedbiot.coordinator.Inputs.scored;

import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;

/** All inputs of a run of two rounds that nothing disturbs, evaluated after every round. */
final class HappyRun {

    static final String RUN = "happy";

    /** Where a run stands after so many of the inputs. */
    enum Stage {
        COMPRESSING(4, Phase.Compressing.class),
        CUT(5, Phase.Compressing.class),
        AWAITING_CLIENTS(6, Phase.BetweenRounds.class),
        ROUND_OPEN(8, Phase.RoundOpen.class),
        ROUND_OPEN_WITH_UPDATES(10, Phase.RoundOpen.class),
        FOLDING(11, Phase.Folding.class),
        EVALUATING(12, Phase.Evaluating.class),
        ALIGNING(13, Phase.Aligning.class),
        SECOND_ROUND_OPEN(14, Phase.RoundOpen.class),
        EXPORTING(19, Phase.Exporting.class),
        AWAITING_SCORES(21, Phase.AwaitingScores.class),
        COMPLETED(23, Phase.Ended.class);

        final int inputs;
        final Class<? extends Phase> phase;

        Stage(int inputs, Class<? extends Phase> phase) {
            this.inputs = inputs;
            this.phase = phase;
        }

        Recording reached() {
            return new Recording().feedAll(HappyRun.inputs().subList(0, inputs));
        }
    }

    private HappyRun() {
    }

    static RunSpec spec() {
        return Specs.with(Specs.spec(RUN), "evaluation.everyRounds", 1);
    }

    static List<SpecificRecord> inputs() {
        return List.of(
                key("anna"), key("ben"), key("cleo"), new RunSubmitted(spec()),
                compressed(RUN), adapter(RUN, 0), joined("cleo"), joined("anna"),
                // Ben comes too late for round 1.
                joined("ben"), accepted(RUN, 1, "cleo"), accepted(RUN, 1, "anna"),
                adapter(RUN, 1), evaluated(RUN, 1, 0, 1.5), aligned(RUN, 1, 1),
                accepted(RUN, 2, "ben"), accepted(RUN, 2, "anna"), accepted(RUN, 2, "cleo"),
                adapter(RUN, 2), evaluated(RUN, 2, 1, 1.2),
                scored(RUN, "ben", 2, 1), exported(RUN, 2), scored(RUN, "cleo", 2, 1), scored(RUN, "anna", 2, 1));
    }
}
