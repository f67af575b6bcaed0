package org.fedbiot.schemas.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SignatureTest {

    private static final byte[] BYTES = "what was signed".getBytes(StandardCharsets.UTF_8);

    private final SigningKey key = SigningKey.generate("client-1-key");

    @Test
    void shouldGiveTheSignatureOfRfc8032() throws Exception {
        // Given test 1 of RFC 8032, section 7.1: the key pair, an empty message and its signature
        HexFormat hex = HexFormat.of();
        KeyFactory factory = KeyFactory.getInstance("Ed25519");
        PrivateKey secret = factory.generatePrivate(new PKCS8EncodedKeySpec(hex.parseHex(
                "302e020100300506032b657004220420"
                        + "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")));
        PublicKey open = factory.generatePublic(new X509EncodedKeySpec(hex.parseHex(
                "302a300506032b6570032100" + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")));

        byte[] signature = SigningKey.of("rfc", secret, open).sign(new byte[0]);

        assertThat(hex.formatHex(signature)).isEqualTo(
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                        + "d25bf5f0595bbe24655141438e7a100b");
        assertThat(SignatureCheck.verify(open.getEncoded(), new byte[0], signature)).isTrue();
    }

    @Test
    void shouldHoldForTheseBytesByThisKeyOnly() {
        byte[] signature = key.sign(BYTES);
        byte[] otherBytes = BYTES.clone();
        otherBytes[0]++;

        assertThat(SignatureCheck.verify(key.publicKey(), BYTES, signature)).isTrue();
        assertThat(SignatureCheck.verify(key.publicKey(), otherBytes, signature)).isFalse();
        assertThat(SignatureCheck.verify(SigningKey.generate("other").publicKey(), BYTES, signature)).isFalse();
    }

    @Test
    void shouldCallRubbishFromOutsideNoSignature() {
        assertThat(SignatureCheck.verify(new byte[0], BYTES, key.sign(BYTES))).isFalse();
        assertThat(SignatureCheck.verify(new byte[44], BYTES, key.sign(BYTES))).isFalse();
        byte[] noPoint = key.publicKey();
        Arrays.fill(noPoint, noPoint.length - 32, noPoint.length, (byte) 0xff);
        assertThat(SignatureCheck.verify(noPoint, BYTES, key.sign(BYTES))).isFalse();
        assertThat(SignatureCheck.verify(key.publicKey(), BYTES, new byte[0])).isFalse();
        assertThat(SignatureCheck.verify(key.publicKey(), BYTES, new byte[64])).isFalse();
    }

    @Test
    void shouldNotShowThePrivateKey() {
        assertThat(key).hasToString("SigningKey[client-1-key]");
    }
}
