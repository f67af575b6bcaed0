package org.fedbiot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The libraries that run with the product, held against a list of versions with known vulnerabilities; asks nobody. */
class LibraryVersionsTest {

    private static final Pattern JAR = Pattern.compile("(.+?)-([0-9][0-9.]*)\\.jar");

    @Test
    void shouldRunWithNoVersionOfALibraryThatIsKnownToBeVulnerable() throws IOException {
        Map<String, Version> found = new TreeMap<>();
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> JAR.matcher(Path.of(entry).getFileName().toString()))
                .filter(Matcher::matches)
                .forEach(jar -> found.put(jar.group(1), Version.parse(jar.group(2))));

        List<String[]> lines = lines();

        assertThat(lines).isNotEmpty().allSatisfy(line -> {
            assertThat(found).as("no such library: delete its line").containsKey(line[0]);
            assertThat(found.get(line[0])).as(line[0] + ": " + line[2])
                    .isGreaterThanOrEqualTo(Version.parse(line[1]));
        });
    }

    private static List<String[]> lines() throws IOException {
        try (InputStream in = LibraryVersionsTest.class.getResourceAsStream("/minimum-versions.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", 3))
                    .toList();
        }
    }
}
