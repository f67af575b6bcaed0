package org.fedbiot.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EventCatalogueTest {

    private static final Path PAGE = Path.of("../docs/events.md");

    @Test
    void shouldBeThePageThatIsCommitted() throws IOException {
        String page = new EventCatalogue().write();

        if (Boolean.getBoolean("fedbiot.rewrite")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }

        assertThat(Files.readString(PAGE))
                .as("docs/events.md is not what catalogue and schemas say; write it again with: "
                        + "mvn -pl schemas test -Dtest=EventCatalogueTest -Dfedbiot.rewrite=true")
                .isEqualTo(page);
    }
}
