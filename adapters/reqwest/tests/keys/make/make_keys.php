<?php $f=$argv[1];
$k=openssl_pkey_new(['private_key_type'=>OPENSSL_KEYTYPE_EC,'curve_name'=>'prime256v1']); openssl_pkey_export($k,$p); file_put_contents("$f/php_ec.pem",$p);
$k=openssl_pkey_new(['private_key_bits'=>2048]); openssl_pkey_export($k,$p); file_put_contents("$f/php_rsa.pem",$p); openssl_pkey_export($k,$p,'secret'); file_put_contents("$f/php_encrypted.pem",$p);
