package main
import ("crypto/ecdsa";"crypto/elliptic";"crypto/rand";"crypto/rsa";"crypto/x509";"encoding/pem";"os";"path/filepath")
func put(name, label string, der []byte) { f,_ := os.Create(filepath.Join(os.Args[1], name)); pem.Encode(f, &pem.Block{Type: label, Bytes: der}); f.Close() }
func main() {
 k,_ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader); d,_ := x509.MarshalPKCS8PrivateKey(k); put("go_ec.pem","PRIVATE KEY",d); d,_ = x509.MarshalECPrivateKey(k); put("go_ec.sec1.pem","EC PRIVATE KEY",d)
 r,_ := rsa.GenerateKey(rand.Reader, 2048); put("go_rsa.pkcs1.pem","RSA PRIVATE KEY",x509.MarshalPKCS1PrivateKey(r)); d,_ = x509.MarshalPKCS8PrivateKey(r); put("go_rsa.pem","PRIVATE KEY",d)
 m,_ := rsa.GenerateMultiPrimeKey(rand.Reader, 3, 2048); put("go_rsa_three_primes.pem","RSA PRIVATE KEY",x509.MarshalPKCS1PrivateKey(m))
}
