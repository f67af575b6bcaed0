package org.fedbiot.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {

    @Test
    void shouldColourOnATerminalUnlessItIsToldNotTo() {
        assertThat(Terminal.of(true, Map.of())).isEqualTo(new Terminal(true, true));
        assertThat(Terminal.of(true, Map.of("NO_COLOR", "1"))).isEqualTo(new Terminal(true, false));
        assertThat(Terminal.of(true, Map.of("NO_COLOR", ""))).isEqualTo(new Terminal(true, true));
    }

    @Test
    void shouldPrintPlainLinesWhereNothingCanBeDrawnOver() {
        assertThat(Terminal.of(false, Map.of())).isEqualTo(new Terminal(false, false));
        assertThat(Terminal.of(true, Map.of("TERM", "dumb"))).isEqualTo(new Terminal(false, false));
    }
}
