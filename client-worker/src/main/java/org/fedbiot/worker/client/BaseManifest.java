package org.fedbiot.worker.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.format.SafetensorsDirectory;
import org.fedbiot.learning.format.SafetensorsFile;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.FileRef;
import org.fedbiot.schemas.event.TensorRef;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.worker.version.PayloadMissingException;

/** What a base's manifest must say, and whether a directory is what it says. */
final class BaseManifest {

    /** Readers of Hugging Face files expect it. */
    static final Map<String, String> METADATA = Map.of("format", "pt");

    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");

    private BaseManifest() {
    }

    /** @throws PayloadMissingException if the hash is not that of the chunks, or a file's name is more than a name */
    static void check(BasePublished base) {
        String sha256 = Sha256.ofHashes(Stream.concat(
                        base.getTensors().stream().flatMap(tensor -> tensor.getChunks().stream()),
                        base.getFiles().stream().flatMap(file -> file.getChunks().stream()))
                .map(ChunkRef::getSha256).toList());
        if (!sha256.equals(base.getBaseSha256())) {
            throw new PayloadMissingException("run %s: base model announced with hash %s, its chunks give %s".formatted(
                    base.getRunId(), base.getBaseSha256(), sha256));
        }
        for (FileRef file : base.getFiles()) {
            if (!FILE_NAME.matcher(file.getName()).matches()
                    || file.getName().equals(SafetensorsDirectory.SINGLE)) {
                throw new PayloadMissingException("run %s: base model has a file named \"%s\"".formatted(
                        base.getRunId(), file.getName()));
            }
        }
    }

    /** Whether the directory holds exactly the manifest's bytes. */
    static boolean matches(BasePublished base, Path directory) throws IOException {
        try {
            SafetensorsFile weights = SafetensorsFile.open(directory.resolve(SafetensorsDirectory.SINGLE));
            Set<String> names = base.getTensors().stream().map(TensorRef::getName).collect(Collectors.toSet());
            if (!weights.names().equals(names)) {
                return false;
            }
            for (TensorRef tensor : base.getTensors()) {
                if (!matches(weights.stored(tensor.getName()), tensor.getChunks())) {
                    return false;
                }
            }
        } catch (BadInputException damaged) {
            return false;
        }
        for (FileRef file : base.getFiles()) {
            Path path = directory.resolve(file.getName());
            if (!Files.isRegularFile(path) || !matches(ByteBuffer.wrap(Files.readAllBytes(path)), file.getChunks())) {
                return false;
            }
        }
        return true;
    }

    private static boolean matches(ByteBuffer stored, List<ChunkRef> chunks) {
        int at = stored.position();
        for (ChunkRef chunk : chunks) {
            if (stored.limit() - at < chunk.getBytes()
                    || !Sha256.of(stored.slice(at, chunk.getBytes())).equals(chunk.getSha256())) {
                return false;
            }
            at += chunk.getBytes();
        }
        return at == stored.limit();
    }
}
