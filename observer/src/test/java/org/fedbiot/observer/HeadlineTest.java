package org.fedbiot.observer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.TaskKind;
import org.junit.jupiter.api.Test;

class HeadlineTest {

    private final Script script = new Script("anna", "ben", "cleo").submitted();

    @Test
    void shouldSayWhatARunIsDoingInWords() {
        assertThat(headline().text()).isEqualTo("Submitted: no coordinator has answered yet");

        script.accepted();
        assertThat(headline().text())
                .isEqualTo("Cutting the model and aligning the emulator, no worker has taken it yet");

        script.works(TaskKind.COMPRESS, "compress", "align", 2, 3);
        assertThat(headline().text()).isEqualTo("Cutting the model and aligning the emulator, s1: align 2 of 3");

        script.compressed().opened(1, 1, "anna", "ben", "cleo").accepted(1, "anna", 1, 1).accepted(1, "ben", 1, 1);
        assertThat(headline()).isEqualTo(new Headline("Round 1 of 2: waiting for cleo, 2 of 3 in",
                script.run().rounds().get(0).openedMillis(),
                script.run().rounds().get(0).openedMillis() + Script.DEADLINE_MILLIS));

        script.closed(1, CloseReason.DEADLINE, Map.of("anna", 1.0, "ben", 1.0));
        assertThat(headline().text()).isEqualTo("Round 1 of 2: closed, the aggregator folds the updates");

        script.published(1).assigned(TaskKind.ALIGN, "align-1", 2);
        assertThat(headline().text())
                .isEqualTo("Round 2 of 2: aligning the emulator first, no worker has taken it yet");
        assertThat(Headline.of(Script.whole().run()).text()).isEqualTo("Completed after 2 rounds");
    }

    private Headline headline() {
        return Headline.of(script.run());
    }
}
