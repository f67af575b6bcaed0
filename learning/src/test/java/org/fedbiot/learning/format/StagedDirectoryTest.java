package org.fedbiot.learning.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedDirectoryTest {
    @TempDir
    Path directory;

    @Test
    void shouldReplaceADirectoryWholeAndLeaveNothingBesideIt() throws IOException {
        for (String content : List.of("first", "second")) {
            try (StagedDirectory staged = StagedDirectory.create(directory.resolve("model"))) {
                Files.writeString(staged.path().resolve("file"), content);
                staged.commit();
            }
            assertThat(directory.resolve("model/file")).hasContent(content);
            assertThat(entries()).containsExactly("model");
        }
    }

    @Test
    void shouldRemoveWhatDeadProcessesLeftForTheSameTargetAlone() throws IOException {
        // Given leftovers with a lock file that nobody locks, of a kill after two moves, and without a lock file
        Files.createDirectory(directory.resolve("model"));
        String locked = leave("part", true);
        String replaced = leave("old", true);
        String unlocked = leave("part", false);
        Files.createFile(directory.resolve(".model." + UUID.randomUUID() + ".lock"));
        // And what belongs to another target, or is nobody's staging
        Path other = Files.createDirectory(directory.resolve(".model.x." + UUID.randomUUID() + ".part"));
        Path notes = Files.createDirectory(directory.resolve(".model.notes.part"));

        // When
        try (StagedDirectory staged = StagedDirectory.create(directory.resolve("model"))) {
            // Then
            assertThat(entries()).doesNotContain(locked, replaced, unlocked)
                    .contains(staged.path().getFileName().toString());
        }
        assertThat(entries()).containsExactlyInAnyOrder("model", other.getFileName().toString(),
                notes.getFileName().toString());
    }

    @Test
    void shouldPutBackWhatWasMovedAwayWhenTheProcessDiedBeforeItsReplacementCame() throws IOException {
        leave("old", true);

        StagedDirectory.create(directory.resolve("model")).close();

        assertThat(entries()).containsExactly("model");
        assertThat(directory.resolve("model/sub/file")).hasContent("half");
    }

    private String leave(String kind, boolean lock) throws IOException {
        String id = UUID.randomUUID().toString();
        Path left = Files.createDirectories(directory.resolve(".model." + id + "." + kind).resolve("sub"));
        Files.writeString(left.resolve("file"), "half");
        if (lock) {
            Files.createFile(directory.resolve(".model." + id + ".lock"));
        }
        return left.getParent().getFileName().toString();
    }

    @Test
    void shouldNotTouchWhatThisProcessIsStillWriting() throws IOException {
        try (StagedDirectory first = StagedDirectory.create(directory.resolve("model"));
                StagedDirectory second = StagedDirectory.create(directory.resolve("model"));
                StagedDirectory third = StagedDirectory.create(directory.resolve("model"))) {
            assertThat(List.of(first.path(), second.path(), third.path())).allSatisfy(path ->
                    assertThat(path).isDirectory());
        }
        assertThat(entries()).isEmpty();
    }

    @Test
    void shouldRemoveWhatAProcessWasWritingOnlyOnceItIsDead() throws Exception {
        // Given another process that writes
        Process writer = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Writer.class.getName(), directory.resolve("model").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = new BufferedReader(
                new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
            Path theirs = Path.of(out.readLine());

            // When this one begins and gives up twice, then theirs is left alone
            for (int i = 0; i < 2; i++) {
                StagedDirectory.create(directory.resolve("model")).close();
                assertThat(theirs.resolve("half")).exists();
            }

            // When it is killed, then it is removed
            writer.destroyForcibly().waitFor();
            StagedDirectory.create(directory.resolve("model")).close();
            assertThat(entries()).isEmpty();
        } finally {
            writer.destroyForcibly();
        }
    }

    /** Stages until it is killed. */
    static final class Writer {
        private Writer() {
        }

        public static void main(String[] arguments) throws Exception {
            try (StagedDirectory staged = StagedDirectory.create(Path.of(arguments[0]))) {
                Files.writeString(staged.path().resolve("half"), "half");
                System.out.println(staged.path());
                Thread.currentThread().join();
            }
        }
    }

    private List<String> entries() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
