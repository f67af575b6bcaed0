package org.fedbiot.cli.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.SigningKey;

/**
 * A client's key on its own disk, readable by its owner alone. The public half is what gets registered.
 *
 * @param clientId whose key it is
 * @param key ready to sign
 */
public record ClientKeyFile(String clientId, SigningKey key) {

    private static final String ALGORITHM = "Ed25519";
    private static final String OWNER_ONLY = "rw-------";
    private static final int KEY_ID_DIGITS = 8;
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Makes a key and writes it. Its id is the client's with the first digits of the public key's hash, so that a
     * client's next key has another one.
     *
     * @throws UserError if the file is there already or cannot be written
     */
    public static ClientKeyFile generate(String clientId, Path file) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            byte[] publicKey = pair.getPublic().getEncoded();
            String keyId = clientId + "-" + Sha256.of(publicKey).substring(0, KEY_ID_DIGITS);
            String content = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JSON.createObjectNode()
                    .put("clientId", clientId)
                    .put("keyId", keyId)
                    .put("publicKey", Base64.getEncoder().encodeToString(publicKey))
                    .put("privateKey", Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded())));
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
            Files.writeString(file, content + "\n");
            return new ClientKeyFile(clientId, SigningKey.of(keyId, pair.getPrivate(), pair.getPublic()));
        } catch (FileAlreadyExistsException e) {
            throw new UserError(file + ": is there already; a key is never overwritten", e);
        } catch (IOException e) {
            throw new UserError(file + ": cannot be written: " + e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform makes no " + ALGORITHM + " keys", e);
        }
    }

    /** @throws UserError if the file cannot be read or holds no key; never shows what is in it */
    public static ClientKeyFile read(Path file) {
        try {
            JsonNode root = JSON.readTree(file.toFile());
            KeyFactory factory = KeyFactory.getInstance(ALGORITHM);
            SigningKey key = SigningKey.of(text(file, root, "keyId"),
                    factory.generatePrivate(new PKCS8EncodedKeySpec(bytes(file, root, "privateKey"))),
                    factory.generatePublic(new X509EncodedKeySpec(bytes(file, root, "publicKey"))));
            return new ClientKeyFile(text(file, root, "clientId"), key);
        } catch (IOException e) {
            // Jackson's message would quote what stands in the file.
            throw new UserError(file + ": cannot be read as a key: " + e.getClass().getSimpleName(), e);
        } catch (GeneralSecurityException e) {
            throw new UserError(file + ": holds no " + ALGORITHM + " key", e);
        }
    }

    private static byte[] bytes(Path file, JsonNode root, String name) {
        try {
            return Base64.getDecoder().decode(text(file, root, name));
        } catch (IllegalArgumentException e) {
            throw new UserError(file + ": " + name + " is not Base64", e);
        }
    }

    private static String text(Path file, JsonNode root, String name) {
        JsonNode value = root.path(name);
        if (!value.isTextual()) {
            throw new UserError(file + ": " + name + " is missing; make a key with fedbiot key generate");
        }
        return value.asText();
    }
}
