package org.fedbiot.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.event.AlignmentPositions;
import org.fedbiot.schemas.event.ClientLink;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.LayerRule;
import org.fedbiot.schemas.event.Link;
import org.fedbiot.schemas.event.LinkSettings;
import org.fedbiot.schemas.event.MissedQuorum;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunSettingsTest {

    @ParameterizedTest
    @ValueSource(strings = {"fedbiot-small", "smollm2-135m-instruct", "any"})
    void shouldReadEveryPreset(String preset) {
        RunSettings settings = RunSettings.of(SettingsTree.ofPreset(preset));

        assertThat(settings.federation().getClients()).hasSize(3);
        assertThat(settings.split().dropRate()).isEqualTo(0.2);
    }

    @Test
    void shouldTakeDefaultsFromTheSchema() {
        RunSettings settings = RunSettings.of(SettingsTree.ofPreset("fedbiot-small"));

        assertThat(settings.training().getBeta2()).isEqualTo(0.95);
        assertThat(settings.alignment().getPositions()).isEqualTo(AlignmentPositions.ALL);
        assertThat(settings.aggregation().getShardBytes()).isEqualTo(524_288);
    }

    @Test
    void shouldSetSingleKeysOverAPreset() {
        RunSettings settings = RunSettings.of(SettingsTree.ofPreset("fedbiot-small").with(Map.of(
                "training.steps", "7", "federation.clients", "[a, b]", "split.layerRule", "round")));

        assertThat(settings.training().getSteps()).isEqualTo(7);
        assertThat(settings.federation().getClients()).containsExactly("a", "b");
        assertThat(settings.split().layerRule()).isEqualTo(LayerRule.ROUND);
    }

    @Test
    void shouldReadWhatBecomesOfARoundThatLacksUpdates() {
        RunSettings defaults = RunSettings.of(SettingsTree.ofPreset("fedbiot-small"));
        RunSettings set = RunSettings.of(SettingsTree.ofPreset("fedbiot-small").with(Map.of(
                "federation.onMissedQuorum", "reopen", "federation.maxReopenings", "5",
                "federation.minimumSamples", "3000000000", "federation.stallMillis", "20000")));

        assertThat(defaults.federation().getOnMissedQuorum()).isEqualTo(MissedQuorum.FAIL);
        assertThat(defaults.federation().getMaxReopenings()).isEqualTo(3);
        assertThat(defaults.federation().getMinimumSamples()).isZero();
        assertThat(defaults.federation().getStallMillis()).isZero();
        assertThat(set.federation().getOnMissedQuorum()).isEqualTo(MissedQuorum.REOPEN);
        assertThat(set.federation().getMaxReopenings()).isEqualTo(5);
        assertThat(set.federation().getMinimumSamples()).isEqualTo(3_000_000_000L);
        assertThat(set.federation().getStallMillis()).isEqualTo(20_000);
    }

    @Test
    void shouldHaveLinksOnlyWhereTheyAreSetAndFillAClientsFromThoseOfEvery() {
        RunSettings none = RunSettings.of(SettingsTree.ofPreset("fedbiot-small"));
        LinkSettings links = RunSettings.of(SettingsTree.ofPreset("fedbiot-small").with(Map.of(
                "links.every.upBitsPerSecond", "10000000", "links.every.delayMillis", "20",
                "links.clients", "[{clientId: cafe, link: {upBitsPerSecond: 1000000, lossShare: 0.25}}]",
                "links.serverFlopsPerSecond", "2.0e13"))).links().orElseThrow();

        assertThat(none.links()).isEmpty();
        assertThat(links.getEvery()).isEqualTo(Link.newBuilder().setUpBitsPerSecond(10_000_000).setDelayMillis(20)
                .build());
        assertThat(links.getClients()).containsExactly(new ClientLink("cafe", Link.newBuilder()
                .setUpBitsPerSecond(1_000_000).setDelayMillis(20).setLossShare(0.25).build()));
        assertThat(links.getServerFlopsPerSecond()).isEqualTo(2e13);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "links.every.upBits | 3 | links.every.upBits: unknown key",
        "links.every.delayMillis | 1.5 | links.every.delayMillis: a whole number is expected",
        "links.clientFlopsPerSecond | 2.0e12 | links.every: missing",
        "links | fast | links: a section of keys is expected",
        "links | '{every: {}, clients: [{link: {}}]}' | links.clients[0].clientId: missing",
        "training.stepz | 3 | preset fedbiot-small: training.stepz: unknown key",
        "trainin.steps | 3 | preset fedbiot-small: trainin: unknown key",
        "training.steps | many | preset fedbiot-small: training.steps: a whole number is expected, not \"many\"",
        "training.steps | 3000000000 | training.steps: a whole number is expected",
        "alignment.klWeight | much | alignment.klWeight: a finite number is expected",
        "alignment.positions | some | alignment.positions: one of [ALL, RESPONSE] is expected",
        "lora.targets | q | lora.targets: a list is expected",
        "split.layerRule | up | split.layerRule: one of [FLOOR, ROUND] is expected",
        "split.baseType | unknown | split.baseType: one of [AUTO, FLOAT32, BFLOAT16] is expected",
        "split.baseType | half | split.baseType: one of [AUTO, FLOAT32, BFLOAT16] is expected",
        "data.partition | fair | data.partition: one of iid, lda, meta is expected",
        "data.task | C | data.task: one of [A, B, Q] is expected, not C",
        "data.publicText | math | data.publicText: one of [general, arithmetic, lists, random-tokens] is expected",
        "data.partitionAlpha | high | data.partitionAlpha: a number above 0 is expected",
        "data.partitionAlpha | 0 | data.partitionAlpha: a number above 0 is expected",
        "split.frontAdapterLayers | two | split.frontAdapterLayers: a whole number is expected",
        "seed | one | seed: a whole number is expected",
        "seed | 99999999999999999999 | seed: a whole number is expected",
    })
    void shouldNameTheKeyOfWhatCannotBeUsed(String key, String value, String message) {
        SettingsTree tree = SettingsTree.ofPreset("fedbiot-small").with(key, value);

        assertThatThrownBy(() -> RunSettings.of(tree)).isInstanceOf(UserError.class).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "fpu avx2 avx512_bf16 | BFLOAT16 | avx512_bf16",
        "fpu amx_bf16 avx2 | BFLOAT16 | amx_bf16",
        "fpu avx2 avx512f | FLOAT32 | no avx512_bf16 or amx_bf16",
    })
    void shouldChooseTheBaseTypeByTheCpuWhereThatIsLeftOpen(String flags, DataType type, String by) {
        CpuFeatures cpu = CpuFeatures.parse(Stream.of("processor\t: 0", "flags\t\t: " + flags, "bugs\t\t:"));

        SplitSettings left = RunSettings.of(SettingsTree.ofPreset("smollm2-135m-instruct"), cpu).split();
        SplitSettings named = RunSettings.of(
                SettingsTree.ofPreset("smollm2-135m-instruct").with("split.baseType", "float32"), cpu).split();
        SplitSettings unsaid = RunSettings.of(SettingsTree.ofPreset("fedbiot-small"), cpu).split();

        assertThat(left.baseType()).isEqualTo(type);
        assertThat(left.baseTypeBy()).isEqualTo(by);
        assertThat(List.of(named, unsaid)).allSatisfy(split -> {
            assertThat(split.baseType()).isEqualTo(DataType.FLOAT32);
            assertThat(split.baseTypeBy()).isEmpty();
        });
    }

    @Test
    void shouldTakeNothingForGrantedOfACpuThatDoesNotSay() {
        assertThat(CpuFeatures.parse(Stream.of("Features\t: fp asimd bf16")).flags()).isEmpty();
    }

    @Test
    void shouldNameAMissingKeyAndSection(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("run.yaml"), "seed: 1\nsplit: {dropRate: 0.2}\n");

        assertThatThrownBy(() -> RunSettings.of(SettingsTree.ofFile(file)))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining("split.backAdapterLayers");
    }

    @Test
    void shouldNameTheLineOfBrokenYaml(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("run.yaml"), "seed: 1\nsplit: [1,\n");

        assertThatThrownBy(() -> SettingsTree.ofFile(file))
                .isInstanceOf(UserError.class)
                .hasMessageMatching("(?s).*run\\.yaml:[23]: .*");
    }
}
