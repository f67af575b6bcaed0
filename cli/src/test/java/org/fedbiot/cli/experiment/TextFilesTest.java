package org.fedbiot.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.settings.RunSettings;
import org.fedbiot.cli.settings.SettingsTree;
import org.fedbiot.cli.simulation.DealtText;
import org.fedbiot.worker.client.ClientData;
import org.junit.jupiter.api.Test;

class TextFilesTest {

    private static final List<String> ALL = List.of("clinic", "depot", "cafe");

    private final RunSettings settings = RunSettings.of(SettingsTree.ofPreset("fedbiot-small"));

    @Test
    void shouldGiveAClientAloneTheTextThatItHasAmongAll() {
        DealtText dealt = new TextFiles(Map.of()).dealt(settings, ALL);

        Map<String, ClientData> among = TextFiles.of(dealt, ALL);
        Map<String, ClientData> alone = TextFiles.of(dealt, List.of("depot"));

        assertThat(among).containsOnlyKeys(ALL);
        assertThat(alone).containsOnlyKeys("depot");
        assertThat(alone.get("depot").training()).isNotEmpty().isEqualTo(among.get("depot").training())
                .isNotEqualTo(among.get("cafe").training());
    }

    @Test
    void shouldRefuseAFileThatStandsAlone() {
        assertThatThrownBy(() -> new TextFiles(Map.of(TextFiles.PUBLIC, Path.of("public.jsonl"))))
                .isInstanceOf(UserError.class).hasMessageContaining("go together; named: publicData");
    }
}
