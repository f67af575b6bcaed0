package org.fedbiot.learning.format;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Hidden names beside a target that one attempt works under, and a locked file that says the attempt is alive. The
 * system drops the lock when the process dies, however that happens; so what lies under names whose lock is free was
 * left by a process that was killed, and the next attempt at the same target removes it.
 */
final class StagingPlace implements AutoCloseable {
    private static final Pattern NAME =
            Pattern.compile("([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\\.(?:part|old|lock)");
    /**
     * Lock files of this process, which must not be opened again: to close a file drops all locks that the process has
     * on it.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path target;
    private final String id;
    private final FileChannel channel;

    private StagingPlace(Path target, String id, FileChannel channel) {
        this.target = target;
        this.id = id;
        this.channel = channel;
    }

    /**
     * Names that nobody else uses.
     *
     * @param target absolute; its parent is there
     */
    static StagingPlace claim(Path target) throws IOException {
        while (true) {
            String id = UUID.randomUUID().toString();
            Path lock = name(target, id, "lock");
            HELD.add(lock);
            FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            // Another process may take a lock file that is not locked yet for one of a dead process, and remove it.
            if (channel.tryLock() != null && Files.exists(lock)) {
                return new StagingPlace(target, id, channel);
            }
            channel.close();
            HELD.remove(lock);
        }
    }

    /** Removes what dead processes left beside a target. One thread at a time: see {@link #HELD}. */
    static synchronized void removeAbandoned(Path target) throws IOException {
        for (String id : ids(target)) {
            Path lock = name(target, id, "lock");
            if (HELD.contains(lock)) {
                continue;
            }
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                    FileLock free = channel.tryLock()) {
                if (free != null) {
                    restore(target, id);
                    remove(target, id);
                }
            } catch (NoSuchFileException none) {
                // A live attempt has its lock from its first moment to its last.
                remove(target, id);
            }
        }
    }

    /** Puts back what stood in the target's place, unless something stands there. */
    void restore() throws IOException {
        restore(target, id);
    }

    /** Where to write. */
    Path part() {
        return name(target, id, "part");
    }

    /** Where what stood in the target's place goes, until it is deleted. */
    Path old() {
        return name(target, id, "old");
    }

    @Override
    public void close() throws IOException {
        Path lock = name(target, id, "lock");
        try (channel) {
            remove(target, id);
        } finally {
            HELD.remove(lock);
        }
    }

    private static List<String> ids(Path target) throws IOException {
        String prefix = "." + target.getFileName() + ".";
        try (Stream<Path> entries = Files.list(target.getParent())) {
            return entries.map(entry -> entry.getFileName().toString()).filter(name -> name.startsWith(prefix))
                    .map(name -> NAME.matcher(name.substring(prefix.length()))).filter(Matcher::matches)
                    .map(matcher -> matcher.group(1)).distinct().toList();
        }
    }

    private static Path name(Path target, String id, String kind) {
        return target.resolveSibling("." + target.getFileName() + "." + id + "." + kind);
    }

    private static void restore(Path target, String id) throws IOException {
        Path old = name(target, id, "old");
        if (Files.exists(old) && !Files.exists(target)) {
            Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** The lock last: whoever finds none finds nothing. */
    private static void remove(Path target, String id) throws IOException {
        delete(name(target, id, "part"));
        delete(name(target, id, "old"));
        Files.deleteIfExists(name(target, id, "lock"));
    }

    /** Others may be deleting the same. */
    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
