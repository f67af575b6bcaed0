package org.fedbiot.cli.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The last 64 bytes of an archive, its ZIP comment: the SHA-256 of all bytes before them in hex. So a file says by
 * itself whether it is whole.
 *
 * @param claimed what the file says
 * @param found what its bytes give
 * @param fileSha256 over the whole file, as {@code sha256sum} prints it
 */
record Seal(String claimed, String found, String fileSha256) {

    static final int BYTES = 64;

    /** Holds the place until the seal is known. */
    static final String UNSEALED = "0".repeat(BYTES);

    private static final int BUFFER = 1 << 16;

    boolean isWhole() {
        return claimed.equals(found);
    }

    static Seal read(Path file) throws IOException {
        long sealed = Math.max(0, Files.size(file) - BYTES);
        MessageDigest content = sha256();
        MessageDigest whole = sha256();
        StringBuilder claimed = new StringBuilder();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            long at = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                int before = (int) Math.min(read, Math.max(0, sealed - at));
                content.update(buffer, 0, before);
                whole.update(buffer, 0, read);
                claimed.append(new String(buffer, before, read - before, StandardCharsets.ISO_8859_1));
                at += read;
            }
        }
        return new Seal(claimed.toString(), hex(content), hex(whole));
    }

    /** Writes the seal where {@link #UNSEALED} stands. */
    static Seal set(Path file) throws IOException {
        String found = read(file).found();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer seal = ByteBuffer.wrap(found.getBytes(StandardCharsets.ISO_8859_1));
            long at = channel.size() - BYTES;
            while (seal.hasRemaining()) {
                at += channel.write(seal, at);
            }
            channel.force(true);
        }
        return read(file);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
