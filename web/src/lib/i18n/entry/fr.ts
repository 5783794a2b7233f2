import type { Message } from '../message';
import type en from './en';

export default {
  'problem.bad-credentials': 'Cette adresse et ce mot de passe ne correspondent pas.',
  'problem.bad-credentials.next': 'Vérifiez-les et réessayez, ou demandez un lien de connexion par courriel.',
  'problem.bad-link': 'Ce lien a expiré, a déjà servi ou est incomplet.',
  'problem.bad-link.next': 'Demandez un nouveau lien, ou copiez l’adresse entière depuis le courriel.',
  'problem.closed': 'Le délai est passé.',
  'problem.closed.next': 'Écrivez au service de presse si vous pensez qu’il s’agit d’une erreur.',
  'sign_in.title': 'Se connecter',
  'sign_in.lead': 'Pour les journalistes accrédités et l’équipe du service de presse.',
  'sign_in.ways': 'Moyens de connexion',
  'sign_in.by_link': 'Lien par courriel',
  'sign_in.by_password': 'Mot de passe',
  'sign_in.email': 'Adresse électronique',
  'sign_in.password': 'Mot de passe',
  'sign_in.link_hint': 'L’adresse de votre inscription. Nous vous envoyons un lien, sans mot de passe.',
  'sign_in.send_link': 'Envoyez-moi un lien',
  'sign_in.submit': 'Se connecter',
  'sign_in.sent': 'Consultez votre messagerie',
  'sign_in.sent.text':
    'Si {email} nous est connue, un lien de connexion est en route. Il ne sert qu’une fois et pour peu de temps.',
  'sign_in.sent.again': 'Utiliser une autre adresse',
  'sign_in.already': 'Vous êtes connecté : {name}.',
  'sign_in.go_on': 'Aller à mon bureau',
  'sign_in.not_registered': 'Pas encore inscrit ?',
  'sign_in.find_event': 'Choisissez un point de presse dans le centre de presse et inscrivez-vous.',
  'link.title': 'Connexion en cours',
  'link.missing': 'Cette adresse ne contient pas de code.',
  'link.ask_new': 'Demander un nouveau lien',
  'join.title': 'Ouverture de votre point de presse',
  'setup.title': 'Mettre en place ce centre de presse',
  'setup.lead':
    'Créez le premier compte d’administration. Il peut tout faire ; vous inviterez ensuite vos collègues avec des rôles plus étroits.',
  'setup.name': 'Votre nom',
  'setup.email': 'Votre adresse électronique',
  'setup.password': 'Mot de passe',
  'setup.password_hint': 'Au moins 12 caractères. Une courte phrase se retient bien.',
  'setup.submit': 'Créer le compte',
  'setup.done': 'Ce centre de presse est déjà en place',
  'setup.done.text': 'Connectez-vous, ou demandez à l’administration de vous créer un compte.',
  'setup.no_token': 'Le lien de mise en place est incomplet',
  'setup.no_token.text':
    'Ouvrez l’adresse entière affichée par le serveur à son démarrage. Elle contient un code à usage unique.',
  'confirm.title': 'Confirmation de votre adresse',
  'confirm.done': 'Votre adresse est confirmée',
  'confirm.done.text':
    'Votre demande est entre les mains du service de presse. Vous recevrez la décision par courriel et, si elle est favorable, votre lien personnel.',
  'confirm.to_event': 'Retour à la page du point de presse',
  'register.title': 'S’inscrire au point de presse',
  'register.closes': 'Clôture des inscriptions',
  'register.closed': 'Les inscriptions sont closes',
  'register.closed.text':
    'Le délai d’inscription est passé. Le compte rendu paraîtra dans le centre de presse.',
  'register.cancelled': 'Ce point de presse est annulé',
  'register.cancelled.text': 'D’autres dates figurent dans le centre de presse.',
  'register.about_you': 'Vous',
  'register.name': 'Nom à afficher',
  'register.name_hint': 'Il figure sur votre carte et dans le compte rendu, avec votre média.',
  'register.email': 'Adresse électronique',
  'register.email_hint':
    'Nous y envoyons un lien de confirmation. De préférence une adresse de votre rédaction.',
  'register.language': 'Langue de nos messages',
  'register.your_work': 'Votre travail',
  'register.outlet': 'Média',
  'register.outlet_hint': 'L’organe de presse pour lequel vous travaillez.',
  'register.country': 'Pays du média',
  'register.country_choose': 'Veuillez choisir',
  'register.press_card': 'Numéro de carte de presse',
  'register.press_card_hint': 'Et l’organisme émetteur, par exemple « FIJ 12345 ».',
  'register.message': 'Message au service de presse',
  'register.message_hint': 'Par exemple si vous venez avec une équipe de tournage.',
  'register.privacy': 'Vos données',
  'register.privacy.who':
    'Le service de presse utilise ces indications pour statuer sur votre demande et tenir le point de presse.',
  'register.privacy.public':
    'Si vous posez une question, votre nom et votre média peuvent apparaître à l’antenne, dans les sous-titres et dans le compte rendu publié, selon les règles du point de presse.',
  'register.privacy.kept':
    'Rien n’est transmis à des tiers ni utilisé à des fins publicitaires. Vous pouvez retirer votre inscription à tout moment et demander ce qui est conservé.',
  'register.privacy.accept': 'J’ai lu ce qui précède et je l’accepte.',
  'register.privacy.must': 'Veuillez confirmer que vous avez lu la notice.',
  'register.submit': 'Envoyer la demande',
  'register.sent': 'Encore une étape : confirmez votre adresse',
  'register.sent.text':
    'Un courriel a été envoyé à {email}. Ouvrez le lien qu’il contient ; le service de presse ne verra votre demande qu’ensuite.',
  'register.sent.step1': 'Vous confirmez votre adresse électronique.',
  'register.sent.step2': 'Le service de presse statue et vous écrit.',
  'register.sent.step3': 'En cas d’accord, vous recevez votre lien personnel.',
  'register.sent.spam':
    'Rien reçu après quelques minutes ? Regardez dans les indésirables, ou renvoyez le formulaire : il ne comptera qu’une fois.',
  'register.sent.again': 'Corriger le formulaire',
  'check.title': 'Test de connexion',
  'check.lead':
    'Caméra, micro et réseau, essayés comme lors d’un point de presse. Rien n’est enregistré et personne ne vous voit.',
  'check.network': 'Réseau',
  'check.running': 'Essai en cours…',
  'check.again': 'Refaire le test',
  'check.well': 'Votre réseau convient',
  'check.not_well': 'Un point demande attention',
  'check.pending': '…',
  'check.open': 'Ouvert',
  'check.shut': 'Bloqué',
  'check.ms': '{ms} ms',
  'check.percent': '{n} %',
  'check.mbit': '{n} Mbit/s',
  'check.round_trip': 'Aller-retour',
  'check.loss': 'Perdu en route',
  'check.up': 'De vous à nous',
  'check.down': 'De nous à vous',
  'check.step.ways': 'Essai des chemins vers le serveur…',
  'check.step.measure': 'Envoi d’une image d’essai…',
  'check.step.download': 'Mesure de la réception…',
  'check.way.udp': 'Direct',
  'check.way.udp.what': 'UDP, le meilleur chemin pour l’image et le son',
  'check.way.tcp': 'Direct par TCP',
  'check.way.tcp.what': 'Pour les réseaux qui bloquent UDP',
  'check.way.relay': 'Relais',
  'check.way.relay.what': 'Pour les réseaux derrière un pare-feu strict',
  'check.say.good': 'L’image et le son passent bien. Vous êtes prêt pour le point de presse.',
  'check.say.offline':
    'Le serveur est injoignable pour le moment. Vérifiez que vous êtes en ligne et refaites le test.',
  'check.say.blocked':
    'Votre réseau ne laisse passer ni image ni son. Utilisez un autre réseau, par exemple le partage de connexion de votre téléphone, ou coupez un VPN. Au bureau, demandez au service informatique d’ouvrir les chemins ci-dessous.',
  'check.say.relay_only':
    'Votre réseau bloque les chemins directs ; le relais fonctionne. Les délais peuvent être plus longs. Si vous devez parler à l’antenne, préférez un autre réseau.',
  'check.say.tcp_only':
    'Votre réseau bloque UDP ; TCP fonctionne à la place. L’image et le son peuvent saccader si la ligne est chargée. Si vous devez parler à l’antenne, préférez un autre réseau.',
  'check.say.delay':
    'L’aller-retour est long : les réponses vous parviennent tard. Rapprochez-vous du routeur Wi-Fi, utilisez un câble ou coupez un VPN.',
  'check.say.loss_some':
    'Une partie de ce que vous envoyez se perd : la voix peut grésiller. Rapprochez-vous du routeur Wi-Fi ou utilisez un câble.',
  'check.say.loss_much':
    'Une grande partie de ce que vous envoyez se perd : des mots manqueront. Utilisez un câble ou un autre réseau.',
  'check.say.up_little':
    'Votre ligne ne porte qu’une petite image de vous. Le son suffira. Arrêtez les autres envois sur cette ligne.',
  'check.say.up_none':
    'Votre ligne est trop lente pour envoyer image et son. Utilisez un autre réseau ou participez sans caméra.',
  'check.say.down_little':
    'Votre ligne porte une image modeste venant de nous. Arrêtez les autres téléchargements sur cette ligne.',
  'check.say.down_none':
    'Votre ligne est trop lente pour suivre avec l’image. Le son et les sous-titres passeront.',
  'check.for_it': 'Pour le service informatique : UDP et TCP sortants vers {addresses} doivent être ouverts.',
  'check.devices': 'Caméra et micro',
  'check.devices.lead': 'Vous seul vous voyez et vous entendez.',
  'check.link': 'Tester caméra, micro et réseau'
} satisfies Record<keyof typeof en, Message>;
