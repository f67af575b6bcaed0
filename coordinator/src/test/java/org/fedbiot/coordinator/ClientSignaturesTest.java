package org.fedbiot.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.coordinator.ClientSignatures.Finding;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.integrity.SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClientSignaturesTest {

    private static final String RUN = "run";

    static List<SpecificRecord> ofAnna() {
        return List.of(Inputs.joined("anna"), Inputs.leaving("anna"), Inputs.clientFailed(RUN, 1, "anna"),
                Inputs.progressed(RUN, 1, "anna", 1, 0), Inputs.scored(RUN, "anna", 1, 1));
    }

    @ParameterizedTest
    @MethodSource("ofAnna")
    void shouldTakeAClientsWordForItsOwn(SpecificRecord event) {
        assertThat(ClientSignatures.of(withKey(Inputs.key("anna")), event)).isEqualTo(Finding.GENUINE);
    }

    @ParameterizedTest
    @MethodSource("ofAnna")
    void shouldNotTakeAnothersKeyOfTheSameNameForIt(SpecificRecord event) {
        SigningKey other = SigningKey.generate(Inputs.keyOf("anna").keyId());

        assertThat(ClientSignatures.of(withKey(Inputs.registered("anna", other)), event)).isEqualTo(Finding.FORGED);
    }

    @Test
    void shouldSeeWhatWasChangedAfterItWasSigned() {
        ClientFailed moved = ClientFailed.newBuilder(Inputs.clientFailed(RUN, 1, "anna")).setRound(2).build();

        assertThat(ClientSignatures.of(withKey(Inputs.key("anna")), moved)).isEqualTo(Finding.FORGED);
    }

    @Test
    void shouldTellAKeyThatMayComeFromOneThatIsNotTheClients() {
        // Given a client whose next key is not registered yet
        SigningKey next = SigningKey.generate("anna-2");
        ClientFailed event = Inputs.clientFailed(RUN, 1, "anna", next);

        assertThat(ClientSignatures.of(withKey(Inputs.key("anna")), event)).isEqualTo(Finding.UNKNOWN_KEY);
        assertThat(ClientSignatures.of(withKey(Inputs.registered("anna", next)), event)).isEqualTo(Finding.GENUINE);
    }

    @Test
    void shouldLetAClientJoinBeforeItsKeyIsRegisteredAndSayNothingElse() {
        assertThat(ClientSignatures.of(CoordinatorState.initial(), Inputs.joined("anna"))).isEqualTo(Finding.GENUINE);
        assertThat(ClientSignatures.of(CoordinatorState.initial(), Inputs.leaving("anna")))
                .isEqualTo(Finding.UNKNOWN_KEY);
    }

    @Test
    void shouldCallAClientByItsNewKeyAndHearItsOldOneOutInTheRoundThatIsOpen() {
        // Given a round that called anna by her first key
        Recording recording = Recording.inRoundOne(Specs.spec(RUN));
        SigningKey next = SigningKey.generate("anna-2");

        // When she registers another
        recording.feed(Inputs.registered("anna", next));

        // Then in this round both are hers
        assertThat(ClientSignatures.of(recording.state(), Inputs.clientFailed(RUN, 1, "anna")))
                .isEqualTo(Finding.GENUINE);
        assertThat(ClientSignatures.of(recording.state(), Inputs.clientFailed(RUN, 1, "anna", next)))
                .isEqualTo(Finding.GENUINE);

        // And in the next, which calls her by the new one, the old one is not
        recording.feedAll(List.of(Inputs.accepted(RUN, 1, "anna"), Inputs.accepted(RUN, 1, "ben"),
                Inputs.accepted(RUN, 1, "cleo"), Inputs.adapter(RUN, 1), Inputs.aligned(RUN, 1, 1)));
        assertThat(recording.log()).last().isInstanceOfSatisfying(RoundOpened.class, opened ->
                assertThat(opened.getCalled()).filteredOn(called -> called.getClientId().equals("anna"))
                        .extracting(CalledClient::getKeyId).containsExactly("anna-2"));
        assertThat(ClientSignatures.of(recording.state(), Inputs.clientFailed(RUN, 2, "anna")))
                .isEqualTo(Finding.UNKNOWN_KEY);
        assertThat(ClientSignatures.of(recording.state(), Inputs.leaving("anna"))).isEqualTo(Finding.UNKNOWN_KEY);
    }

    private static CoordinatorState withKey(ClientKeyRegistered key) {
        return Coordinator.apply(CoordinatorState.initial(), key);
    }
}
