package org.fedbiot.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fedbiot.cli.quickstart.CompareCommand.Variant;
import org.fedbiot.cli.report.QuickstartReport;
import org.junit.jupiter.api.Test;

class CompareCommandTest {

    @Test
    void shouldPairTheGainBySeed() {
        Map<Variant, Map<Long, QuickstartReport>> reports = new LinkedHashMap<>();
        reports.put(Variant.FEDBIOT, Map.of(0L, adapFu(0.70, 1.0)));
        reports.put(Variant.NO_ALIGNMENT, Map.of(0L, adapFu(0.65, 1.25)));

        List<String> lines = CompareCommand.table(reports);

        assertThat(lines).hasSize(5);
        assertThat(lines.get(1)).startsWith("fedbiot").contains("EM  70.0 NLL 1.000");
        assertThat(lines.get(2)).startsWith("no-alignment").contains("EM  65.0 NLL 1.250");
        assertThat(lines.get(3)).endsWith("+5.0 points (NLL -0.250)");
        assertThat(lines.get(4)).isEqualTo("mean over 1 seeds: +5.0 points, NLL -0.250");
    }

    @Test
    void shouldNotPairWhatWasNotRun() {
        List<String> lines = CompareCommand.table(Map.of(Variant.CEILING, Map.of(0L, adapFu(0.9, 0.3))));

        assertThat(lines).hasSize(2);
    }

    @Test
    void shouldShowAMissingExactMatchAsADash() {
        List<String> lines = CompareCommand.table(Map.of(Variant.FEDBIOT, Map.of(4L, adapFu(null, 0.3))));

        assertThat(lines.get(1)).contains("EM     - NLL 0.300");
    }

    private static QuickstartReport adapFu(Double exactMatch, double nll) {
        QuickstartReport.Score score = new QuickstartReport.Score(nll, Math.exp(nll), exactMatch, null);
        return new QuickstartReport("run", 1.0, List.of(), List.of(new QuickstartReport.Alignment(0, 0.5, 0.2)),
                new QuickstartReport.Evaluation(score, score, score, score), 1, 0.8, 1,
                new QuickstartReport.Export("a", "m", "r"));
    }
}
