package org.fedbiot.schemas.evolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.SchemaValidationException;
import org.fedbiot.schemas.SampleEvents;
import org.fedbiot.schemas.event.RunEnded;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * BACKWARD_TRANSITIVE over all releases: what any of them wrote, today's classes read. At a release, its schemas are
 * written down by {@code mvn -pl schemas test -Dtest=CompatibilityTest -Dfedbiot.release=<version>}.
 */
class CompatibilityTest {

    private static final String RELEASE = "fedbiot.release";

    @BeforeAll
    static void writeDownARelease() throws IOException {
        if (System.getProperty(RELEASE) != null) {
            ReleasedSchemas.write(System.getProperty(RELEASE), SampleEvents.types().toList());
        }
    }

    @Test
    void shouldHaveTheSchemasOfEveryRelease() throws IOException {
        assertThat(ReleasedSchemas.read()).isNotEmpty().allSatisfy((version, schemas) ->
                assertThat(schemas).as(version).isNotEmpty());
    }

    @ParameterizedTest
    @MethodSource("org.fedbiot.schemas.SampleEvents#types")
    void shouldReadWhatAnyReleaseWrote(Schema event) throws Exception {
        List<Schema> released = ReleasedSchemas.read().values().stream()
                .flatMap(List::stream)
                .filter(schema -> schema.getFullName().equals(event.getFullName()))
                .toList();

        ReleasedSchemas.checkReads(event, released);
    }

    @Test
    void shouldStillHaveEveryEventThatWasEverReleased() throws IOException {
        Map<String, Schema> today = SampleEvents.types()
                .collect(Collectors.toMap(Schema::getFullName, Function.identity()));

        assertThat(ReleasedSchemas.read().values()).allSatisfy(release ->
                assertThat(release).extracting(Schema::getFullName).isSubsetOf(today.keySet()));
    }

    @Test
    void shouldNoticeAFieldThatAReleaseDidNotHaveAndHasNoDefault() {
        // Given a release in which one field of today's schema did not exist, and one that has it
        Schema today = RunEnded.SCHEMA$;
        Schema older = without(today, "outcome");

        assertThatThrownBy(() -> ReleasedSchemas.checkReads(today, List.of(older, today)))
                .isInstanceOf(SchemaValidationException.class);
        assertThatThrownBy(() -> ReleasedSchemas.checkReads(today, List.of(today, older)))
                .isInstanceOf(SchemaValidationException.class);
    }

    @Test
    void shouldAllowAFieldThatAReleaseDidNotHaveWhereItHasADefault() {
        Schema today = RunEnded.SCHEMA$;

        assertThatCode(() -> ReleasedSchemas.checkReads(today, List.of(without(today, "adapterSha256"))))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldNoticeAnotherType() {
        Schema today = SchemaBuilder.record("R").fields().requiredInt("a").endRecord();
        Schema older = SchemaBuilder.record("R").fields().requiredLong("a").endRecord();

        assertThatThrownBy(() -> ReleasedSchemas.checkReads(today, List.of(older)))
                .isInstanceOf(SchemaValidationException.class);
    }

    private static Schema without(Schema record, String name) {
        List<Schema.Field> fields = new ArrayList<>();
        record.getFields().stream().filter(field -> !field.name().equals(name))
                .forEach(field -> fields.add(new Schema.Field(field, field.schema())));
        return Schema.createRecord(record.getName(), record.getDoc(), record.getNamespace(), false, fields);
    }
}
