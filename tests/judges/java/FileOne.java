import com.fasterxml.jackson.databind.DeserializationFeature;

import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.CommitmentsApi;
import org.openapitools.client.model.Commitment;
import org.openapitools.client.model.CommitmentDraft;
import org.openapitools.client.model.Committer;
import org.openapitools.client.model.CommitterKind;
import org.openapitools.client.model.IdDocument;

import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.LocalDate;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Files a commitment with the client that openapi-generator makes of /openapi-3.0.json, reads it back, and tries a bad one:
 * FileOne URL CA TOKEN NOTICE_ID DATE. Prints the code, the state, and the status of the refusal.
 */
public class FileOne {
    private static SSLContext trusting(String file) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream pem = Files.newInputStream(Path.of(file))) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static CommitmentDraft draft(String notice, String date, String number) {
        IdDocument document = new IdDocument().type(IdDocument.TypeEnum.CITIZEN_ID).number(number);
        Committer committer = new Committer().kind(CommitterKind.NATURAL_PERSON).name("欧阳示例").document(document);
        return new CommitmentDraft().noticeId(UUID.fromString(notice)).committer(committer).madeOn(LocalDate.parse(date)).reason("由 Java 客户端受理");
    }

    public static void main(String[] given) throws Exception {
        java.net.URI at = java.net.URI.create(given[0]);
        ApiClient client = new ApiClient();
        client.setScheme(at.getScheme()).setHost(at.getHost()).setPort(at.getPort()).setBasePath("");
        client.setHttpClientBuilder(HttpClient.newBuilder().sslContext(trusting(given[1])));
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + given[2]));
        client.setObjectMapper(client.getObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES));
        CommitmentsApi commitments = new CommitmentsApi(client);
        Commitment filed = commitments.fileCommitment(UUID.randomUUID().toString(), draft(given[3], given[4], "11010519491231002X"), null);
        Commitment read = commitments.getCommitment(filed.getCommitmentCode());
        System.out.println(filed.getCommitmentCode() + " " + read.getState().getValue());
        try {
            commitments.fileCommitment(UUID.randomUUID().toString(), draft(given[3], given[4], "1"), null);
            System.out.println("taken");
        } catch (ApiException refused) {
            System.out.println(refused.getCode());
        }
    }
}
