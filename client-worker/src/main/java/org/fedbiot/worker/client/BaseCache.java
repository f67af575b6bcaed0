package org.fedbiot.worker.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.fedbiot.learning.format.SafetensorsDirectory;
import org.fedbiot.learning.format.SafetensorsWriter;
import org.fedbiot.learning.format.StagedDirectory;
import org.fedbiot.learning.format.TensorDeclaration;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.FileRef;
import org.fedbiot.schemas.event.TensorRef;
import org.fedbiot.worker.MethodOptions;
import org.fedbiot.worker.version.Found;
import org.fedbiot.worker.version.Payload;
import org.fedbiot.worker.version.PayloadFetch;
import org.fedbiot.worker.version.PayloadMissingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The compressed models that a client has fetched, each a Hugging Face directory under its hash. A directory stands
 * under that name only when every chunk in it has been verified, and is verified again each time it is asked for.
 */
final class BaseCache {

    private static final Logger LOGGER = LoggerFactory.getLogger(BaseCache.class);

    private final Path root;

    BaseCache(Path root) {
        this.root = Objects.requireNonNull(root, "root");
    }

    /**
     * The directory of a base, fetched if it is not here.
     *
     * @return the directory, and the bytes fetched for it; 0 if it was here
     * @throws PayloadMissingException if a chunk is missing or not what its hash says; nothing is left behind then
     * @throws UncheckedIOException if the disk refuses; nothing is left behind then
     * @throws InterruptedException if the worker is closed meanwhile
     */
    Found<Path> directory(BasePublished base, PayloadFetch chunks) throws InterruptedException {
        BaseManifest.check(base);
        Path directory = root.resolve(base.getBaseSha256());
        try {
            if (Files.isDirectory(directory)) {
                if (BaseManifest.matches(base, directory)) {
                    return new Found<>(directory, 0);
                }
                LOGGER.atWarn().addKeyValue("directory", directory)
                        .log("base model is not what its hash says any more, fetching it again");
            }
            return new Found<>(directory, fetch(base, chunks, directory));
        } catch (IOException e) {
            throw new UncheckedIOException("%s: cannot keep base model: %s".formatted(directory, e.getMessage()), e);
        }
    }

    private static long fetch(BasePublished base, PayloadFetch chunks, Path directory)
            throws IOException, InterruptedException {
        try (StagedDirectory staged = StagedDirectory.create(directory)) {
            long read = write(base, chunks, staged.path());
            commit(staged, base, directory);
            return read;
        }
    }

    /** Another client that keeps its models here may have been faster with the same bytes; then its directory stands. */
    private static void commit(StagedDirectory staged, BasePublished base, Path directory) throws IOException {
        try {
            staged.commit();
        } catch (FileSystemException e) {
            if (!Files.isDirectory(directory) || !BaseManifest.matches(base, directory)) {
                throw e;
            }
        }
    }

    private static long write(BasePublished base, PayloadFetch chunks, Path partial)
            throws IOException, InterruptedException {
        List<Payload> payloads = new ArrayList<>();
        List<Piece> pieces = new ArrayList<>();
        try (SafetensorsWriter weights = SafetensorsWriter.create(partial.resolve(SafetensorsDirectory.SINGLE),
                declarations(base), BaseManifest.METADATA)) {
            for (TensorRef tensor : base.getTensors()) {
                plan(base, tensor.getChunks(), payloads, pieces,
                        (offset, bytes) -> weights.write(tensor.getName(), offset, bytes));
            }
            for (FileRef file : base.getFiles()) {
                Path target = Files.createFile(partial.resolve(file.getName()));
                plan(base, file.getChunks(), payloads, pieces, (offset, bytes) -> write(target, offset, bytes));
            }
            long read = chunks.fetch(payloads, (index, bytes) -> pieces.get(index).write(bytes));
            weights.commit();
            return read;
        }
    }

    private static void plan(BasePublished base, List<ChunkRef> chunks, List<Payload> payloads, List<Piece> pieces,
            Target target) {
        long offset = 0;
        for (ChunkRef chunk : chunks) {
            pieces.add(new Piece(target, offset, chunk));
            offset += chunk.getBytes();
        }
        payloads.addAll(Payload.chunks(base.getRunId(), chunks));
    }

    private static List<TensorDeclaration> declarations(BasePublished base) {
        return base.getTensors().stream().map(tensor -> new TensorDeclaration(tensor.getName(),
                MethodOptions.elementType(tensor.getDataType()), tensor.getShape())).toList();
    }

    private static void write(Path file, long offset, ByteBuffer bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long at = offset;
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        }
    }

    /** Where a chunk's bytes go. */
    @FunctionalInterface
    private interface Target {

        void write(long offset, ByteBuffer bytes) throws IOException;
    }

    private record Piece(Target target, long offset, ChunkRef chunk) {

        void write(ByteBuffer bytes) {
            if (bytes.remaining() != chunk.getBytes()) {
                throw new PayloadMissingException("chunk %s has %d bytes, its manifest says %d".formatted(
                        chunk.getSha256(), bytes.remaining(), chunk.getBytes()));
            }
            try {
                target.write(offset, bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
