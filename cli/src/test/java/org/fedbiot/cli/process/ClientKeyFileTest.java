package org.fedbiot.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.integrity.SignatureCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientKeyFileTest {

    private static final byte[] MESSAGE = "an update".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    @Test
    void shouldSignAfterReadingWhatTheWrittenPublicKeyVerifies() {
        // Given
        Path file = directory.resolve("cafe.key.json");
        ClientKeyFile made = ClientKeyFile.generate("cafe", file);

        // When
        ClientKeyFile read = ClientKeyFile.read(file);

        // Then
        assertThat(read.clientId()).isEqualTo("cafe");
        assertThat(read.key().keyId()).isEqualTo(made.key().keyId()).startsWith("cafe-");
        assertThat(SignatureCheck.verify(made.key().publicKey(), MESSAGE, read.key().sign(MESSAGE))).isTrue();
    }

    @Test
    void shouldBeReadableByItsOwnerAlone() throws IOException {
        Path file = directory.resolve("cafe.key.json");

        ClientKeyFile.generate("cafe", file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    }

    @Test
    void shouldNotOverwriteAKey() throws IOException {
        Path file = directory.resolve("cafe.key.json");
        ClientKeyFile.generate("cafe", file);
        byte[] before = Files.readAllBytes(file);

        assertThatThrownBy(() -> ClientKeyFile.generate("cafe", file))
                .isInstanceOf(UserError.class).hasMessageContaining(file.toString());
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void shouldNotShowWhatStandsInAFileThatIsNoKey() throws IOException {
        Path text = Files.writeString(directory.resolve("private.txt"), "my secret diary");
        Path other = Files.writeString(directory.resolve("other.json"), "{\"keyId\": \"secret\"}");

        assertThatThrownBy(() -> ClientKeyFile.read(text))
                .isInstanceOf(UserError.class).hasMessageContaining(text.toString())
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> ClientKeyFile.read(other))
                .isInstanceOf(UserError.class).hasMessageContaining("privateKey").hasMessageNotContaining("secret");
    }
}
