package org.fedbiot.learning.format;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fedbiot.learning.BadInputException;

/**
 * A directory that is filled beside its final place and then put there whole. One that an earlier attempt left may be
 * replaced, so that a task that is done again ends in the same state; anything else in that place is kept.
 */
public final class StagedDirectory implements AutoCloseable {
    private final Path target;
    private final Path staged;

    private StagedDirectory(Path target, Path staged) {
        this.target = target;
        this.staged = staged;
    }

    public static StagedDirectory create(Path target) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        Files.createDirectories(absolute.getParent());
        Path staged = hiddenSibling(absolute);
        Files.createDirectory(staged);
        return new StagedDirectory(absolute, staged);
    }

    /** Where to write until {@link #commit()}. */
    public Path path() {
        return staged;
    }

    /**
     * @throws BadInputException the place is taken by something that has files this directory has not
     */
    public void commit() throws IOException {
        if (!Files.exists(target)) {
            Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        requireReplaceable();
        Path old = hiddenSibling(target);
        Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE);
        delete(old);
    }

    /** Removes what was not committed. */
    @Override
    public void close() throws IOException {
        if (Files.exists(staged)) {
            delete(staged);
        }
    }

    private void requireReplaceable() throws IOException {
        if (!Files.isDirectory(target)) {
            throw new BadInputException(target, "is there already and is no directory; name another place");
        }
        Set<String> own = names(staged);
        for (String name : names(target)) {
            if (!own.contains(name)) {
                throw new BadInputException(target, "is there already and holds " + name
                        + ", which is not from an export; name another place");
            }
        }
    }

    private static Set<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    private static Path hiddenSibling(Path target) {
        return target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
