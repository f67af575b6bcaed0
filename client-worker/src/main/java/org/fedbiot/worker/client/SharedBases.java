package org.fedbiot.worker.client;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.torch.ComputeDevice;

/**
 * Compressed models in memory, one for each base hash however many clients of this process use it: base weights are
 * frozen, so that three clients need the memory of one. Loaded by the first to ask, freed by the last to let go.
 */
public final class SharedBases {

    private static final class Entry {

        private LoadedBase base;
        private int users;
    }

    private final ComputeDevice device;
    private final Map<String, Entry> entries = new HashMap<>();

    /** On the CPU. */
    public SharedBases() {
        this(ComputeDevice.CPU);
    }

    /** @param device what the clients of this process compute on */
    public SharedBases(ComputeDevice device) {
        this.device = Objects.requireNonNull(device, "device");
    }

    ComputeDevice device() {
        return device;
    }

    /**
     * A use of a base. The caller closes it; the weights are native memory and stay valid until then.
     *
     * @param sha256 of the base, verified by the caller
     * @param directory that holds it; where the base is loaded already, it is not read
     */
    Lease acquire(String sha256, Path directory, BaseType type) {
        Entry entry;
        synchronized (entries) {
            entry = entries.computeIfAbsent(sha256, key -> new Entry());
            entry.users++;
        }
        try {
            // Others who want this base wait here, those who want another one do not.
            synchronized (entry) {
                if (entry.base == null) {
                    entry.base = LoadedBase.load(directory, type, device);
                }
                return new Lease(sha256, entry.base);
            }
        } catch (RuntimeException | Error failure) {
            release(sha256);
            throw failure;
        }
    }

    private void release(String sha256) {
        synchronized (entries) {
            Entry entry = entries.get(sha256);
            entry.users--;
            if (entry.users == 0) {
                entries.remove(sha256);
                if (entry.base != null) {
                    entry.base.close();
                }
            }
        }
    }

    /** One user's hold on a base. */
    final class Lease implements AutoCloseable {

        private final String sha256;
        private final LoadedBase base;
        private boolean open = true;

        private Lease(String sha256, LoadedBase base) {
            this.sha256 = sha256;
            this.base = base;
        }

        String sha256() {
            return sha256;
        }

        LoadedBase base() {
            return base;
        }

        @Override
        public void close() {
            if (open) {
                open = false;
                release(sha256);
            }
        }
    }
}
