package org.fedbiot.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A machine's cores as files in a directory that all its worker processes share, one file a core: whoever has locked it
 * computes. The operating system unlocks what a process held, however it ended. Whoever asks for cores waits for
 * its turn first and then for the cores, so two tasks of several cores cannot each hold half of what the other needs.
 */
final class MachineCores implements Cores {

    /** Another process cannot say that it has unlocked something, so it is tried again after this. */
    private static final long RETRY_MILLIS = 5;

    private final Path directory;
    private final FileChannel turn;
    private final List<FileChannel> cores = new ArrayList<>();
    /** Among this process' own threads, in the order in which they came. */
    private final ReentrantLock ownTurn = new ReentrantLock(true);

    /**
     * @param directory made if it is not there; the same for all processes of the machine, on a local disk
     * @param count the same for all of them
     */
    MachineCores(Path directory, int count) {
        this.directory = directory;
        try {
            Files.createDirectories(directory);
            this.turn = open("turn.lock");
            for (int core = 0; core < count; core++) {
                cores.add(open("core-" + core + ".lock"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be used to share cores: " + e, e);
        }
    }

    @Override
    public int count() {
        return cores.size();
    }

    @Override
    public Taken take(int number) throws InterruptedException {
        ownTurn.lockInterruptibly();
        try {
            FileLock mine = await(turn);
            try {
                return awaitCores(number);
            } finally {
                unlock(mine);
            }
        } finally {
            ownTurn.unlock();
        }
    }

    @Override
    public boolean isAwaited() {
        if (!ownTurn.tryLock()) {
            return true;
        }
        try {
            Optional<FileLock> mine = tryLock(turn);
            mine.ifPresent(this::unlock);
            return mine.isEmpty();
        } finally {
            ownTurn.unlock();
        }
    }

    private Taken awaitCores(int number) throws InterruptedException {
        List<FileLock> taken = new ArrayList<>();
        try {
            while (true) {
                for (int core = 0; core < cores.size() && taken.size() < number; core++) {
                    tryLock(cores.get(core)).ifPresent(taken::add);
                }
                if (taken.size() == number) {
                    return () -> taken.forEach(this::unlock);
                }
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            }
        } catch (InterruptedException closed) {
            taken.forEach(this::unlock);
            throw closed;
        }
    }

    private FileLock await(FileChannel file) throws InterruptedException {
        while (true) {
            Optional<FileLock> lock = tryLock(file);
            if (lock.isPresent()) {
                return lock.get();
            }
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        }
    }

    private Optional<FileLock> tryLock(FileChannel file) {
        try {
            return Optional.ofNullable(file.tryLock());
        } catch (OverlappingFileLockException ours) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot lock a core: " + e, e);
        }
    }

    private void unlock(FileLock lock) {
        try {
            lock.release();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot unlock a core: " + e, e);
        }
    }

    private FileChannel open(String file) throws IOException {
        return FileChannel.open(directory.resolve(file), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
