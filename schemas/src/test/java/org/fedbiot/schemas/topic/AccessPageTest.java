package org.fedbiot.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AccessPageTest {

    private static final Path PAGE = Path.of("../docs/access.md");

    @Test
    void shouldBeThePageThatIsCommitted() throws IOException {
        String page = new AccessPage().write();

        if (Boolean.getBoolean("fedbiot.rewrite")) {
            Files.writeString(PAGE, page);
        }

        assertThat(Files.readString(PAGE))
                .as("docs/access.md is not what the catalogue says; write it again with: "
                        + "mvn -pl schemas test -Dtest=AccessPageTest -Dfedbiot.rewrite=true")
                .isEqualTo(page);
    }
}
