package org.fedbiot.cli.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fedbiot.cli.tracking.TrackedRun.RUN;
import static org.fedbiot.cli.tracking.TrackedRun.START;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.fedbiot.schemas.event.RunOutcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardSinkTest {

    @TempDir
    private Path directory;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve(RUN).resolve("events.out.tfevents." + START / 1_000 + ".fedbiot");
    }

    @Test
    void shouldWriteTheSameFileHoweverOftenAndWhoeverFollowed() throws IOException {
        // Given
        new TensorBoardSink(directory, RUN).bringUpTo(TrackedRun.ended(3, RunOutcome.COMPLETED));
        byte[] atOnce = Files.readAllBytes(file);
        Files.delete(file);

        // When
        TensorBoardSink followed = new TensorBoardSink(directory, RUN);
        followed.bringUpTo(TrackedRun.after(1));
        followed.bringUpTo(TrackedRun.beforeTheReport(2));
        TensorBoardSink restarted = new TensorBoardSink(directory, RUN);
        restarted.bringUpTo(TrackedRun.after(2));
        restarted.bringUpTo(TrackedRun.after(2));
        restarted.bringUpTo(TrackedRun.ended(3, RunOutcome.COMPLETED));

        // Then
        assertThat(file).hasBinaryContent(atOnce);
    }

    @Test
    void shouldOnlyGrowWhileARunGoesOn() throws IOException {
        // Given
        TensorBoardSink sink = new TensorBoardSink(directory, RUN);
        sink.bringUpTo(TrackedRun.after(1));
        byte[] before = Files.readAllBytes(file);
        Object inode = Files.getAttribute(file, "unix:ino");

        // When
        sink.bringUpTo(TrackedRun.after(2));

        // Then
        assertThat(Files.getAttribute(file, "unix:ino")).as("the file that is open elsewhere").isEqualTo(inode);
        assertThat(Files.readAllBytes(file)).startsWith(before).hasSizeGreaterThan(before.length);
    }

    @Test
    void shouldReplaceAFileThatWasCutInTheMiddle() throws IOException {
        // Given
        TensorBoardSink sink = new TensorBoardSink(directory, RUN);
        sink.bringUpTo(TrackedRun.after(2));
        byte[] whole = Files.readAllBytes(file);
        byte[] broken = whole.clone();
        broken[40] ^= 1;
        Files.write(file, broken);

        // When
        sink.bringUpTo(TrackedRun.after(2));

        // Then
        assertThat(file).hasBinaryContent(whole);
        try (Stream<Path> left = Files.list(file.getParent())) {
            assertThat(left).containsExactly(file);
        }
    }
}
