package org.fedbiot.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.coordinator.Coordinator;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Input;
import org.fedbiot.coordinator.Inputs;
import org.fedbiot.coordinator.Specs;
import org.fedbiot.schemas.event.RunSubmitted;
import org.junit.jupiter.api.Test;

class ProjectionsTest {

    @Test
    void shouldSendEveryDecisionWhereItIsActedUpon() {
        // Given
        CoordinatorState state = CoordinatorState.initial();
        List<SpecificRecord> inputs = List.of(Inputs.key("anna"), Inputs.key("ben"), Inputs.key("cleo"),
                Inputs.joined("anna"), Inputs.joined("ben"), new RunSubmitted(Specs.spec("run")),
                Inputs.compressed("run"), Inputs.adapter("run", 0), Inputs.accepted("run", 1, "anna"),
                Inputs.accepted("run", 1, "ben"), Inputs.cancel("run"));
        StringBuilder written = new StringBuilder();

        // When
        for (SpecificRecord input : inputs) {
            for (SpecificRecord decision : Coordinator.decide(state, new Input(input, 0))) {
                state = Coordinator.apply(state, decision);
                written.append(decision.getSchema().getName());
                Projections.of(decision).forEach(target -> written.append(' ')
                        .append(target.topic().name().replaceAll("fedbiot\\.([a-z]+\\.[a-z]+)\\.v1", "$1"))
                        .append(target.partition().map(partition -> "-" + partition).orElse(""))
                        .append('=').append(target.key()));
                written.append('\n');
            }
        }

        // Then
        assertThat(written.toString()).isEqualTo("""
                ClientKeyRegistered run.decision=anna
                ClientKeyRegistered run.decision=ben
                ClientKeyRegistered run.decision=cleo
                ClientJoined run.decision=anna
                ClientJoined run.decision=ben
                RunAccepted run.decision=run %s
                ServerTaskAssigned run.decision=run server.task=run/compress server.queue=run/compress
                ServerTaskCompleted run.decision=run
                AdapterPublished run.decision=run
                RoundOpened run.decision=run round.announce=run/1 %s
                UpdateAccepted run.decision=run
                UpdateAccepted run.decision=run
                RoundClosed run.decision=run %s
                RunCancelRequested run.decision=run
                RunEnded run.decision=run round.announce=run %s
                """.formatted(control("run"), control("run/1"), control("run/1"), control("run")));
    }

    private static String control(String key) {
        return "aggregation.control-0=%1$s aggregation.control-1=%1$s aggregation.control-2=%1$s "
                .concat("aggregation.control-3=%1$s").formatted(key);
    }
}
