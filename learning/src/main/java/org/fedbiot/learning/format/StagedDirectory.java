package org.fedbiot.learning.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fedbiot.learning.BadInputException;

/**
 * A directory that is filled beside its final place and then put there whole. One that an earlier attempt left may be
 * replaced, so that a task that is done again ends in the same state; anything else in that place is kept.
 */
public final class StagedDirectory implements AutoCloseable {
    private final Path target;
    private final StagingPlace place;
    private final Path staged;

    private StagedDirectory(Path target, StagingPlace place) {
        this.target = target;
        this.place = place;
        this.staged = place.part();
    }

    /** An empty directory beside the target. What attempts at the same target left that were killed is removed. */
    public static StagedDirectory create(Path target) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        Files.createDirectories(absolute.getParent());
        StagingPlace.removeAbandoned(absolute);
        StagingPlace place = StagingPlace.claim(absolute);
        try {
            Files.createDirectory(place.part());
        } catch (IOException e) {
            place.close();
            throw e;
        }
        return new StagedDirectory(absolute, place);
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
        Files.move(target, place.old(), StandardCopyOption.ATOMIC_MOVE);
        try {
            Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            place.restore();
            throw e;
        }
    }

    /** Removes what was not committed, and what was replaced. */
    @Override
    public void close() throws IOException {
        place.close();
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
}
