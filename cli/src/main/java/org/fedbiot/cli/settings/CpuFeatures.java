package org.fedbiot.cli.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** What the processor can do, by the names that Linux gives it. */
public record CpuFeatures(Set<String> flags) {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    /** Either makes bf16 about three times as fast as fp32; without one it is emulated, and slower. */
    private static final List<String> BFLOAT16 = List.of("avx512_bf16", "amx_bf16");

    public CpuFeatures {
        flags = Set.copyOf(flags);
    }

    /** This machine's; none where it does not say. */
    public static CpuFeatures ofMachine() {
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return parse(lines);
        } catch (IOException e) {
            LoggerFactory.getLogger(CpuFeatures.class).info("{} cannot be read: {}", CPU_INFO, e.getMessage());
            return new CpuFeatures(Set.of());
        }
    }

    /** Of the lines of {@code /proc/cpuinfo}; all cores of a machine have the same. */
    static CpuFeatures parse(Stream<String> lines) {
        return new CpuFeatures(lines.filter(line -> line.matches("flags\\s*:.*")).findFirst().stream()
                .flatMap(line -> Stream.of(line.substring(line.indexOf(':') + 1).strip().split("\\s+")))
                .collect(Collectors.toSet()));
    }

    /** The feature by which this processor computes in bf16, if it has one. */
    Optional<String> bfloat16() {
        return BFLOAT16.stream().filter(flags::contains).findFirst();
    }

    /** For people: what was looked for in vain. */
    static String missingBfloat16() {
        return "no " + String.join(" or ", BFLOAT16);
    }
}
