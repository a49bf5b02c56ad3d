require 'openssl'
folder = ARGV[0]
ec = OpenSSL::PKey::EC.generate('prime256v1'); rsa = OpenSSL::PKey::RSA.new(2048)
File.write("#{folder}/ruby_ec.pem", ec.to_pem); File.write("#{folder}/ruby_rsa.pem", rsa.to_pem); File.write("#{folder}/ruby_ec.pkcs8.pem", ec.private_to_pem); File.binwrite("#{folder}/ruby_rsa.der", rsa.to_der)
File.write("#{folder}/ruby_encrypted.pem", rsa.to_pem(OpenSSL::Cipher.new('aes-128-cbc'), 'secret'))
